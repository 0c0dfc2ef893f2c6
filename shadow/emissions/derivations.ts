import type { Emission } from "../core/emissions/emission.ts";
import type { Derivation } from "../core/emissions/judge-derivation.ts";
import type { LimiterEvent } from "../core/limiter.ts";
import type { Rederivation } from "./rederivation.ts";

type Task = { readonly emission: Emission; readonly onResult: (result: Derivation | "shed" | "notDerivable") => void };

/** Runs tasks as many at once as one adaptive limit allows. */
export type TaskQueue<Item> = {
  readonly push: (item: Item) => void;
  readonly adjust: (event: LimiterEvent) => void;
  readonly drain: () => Promise<void>;
};
export type CreateTaskQueue = <Item>(options: {
  readonly max: number;
  readonly run: (item: Item) => Promise<void>;
  readonly isExpired: (item: Item) => boolean;
  readonly shed: (item: Item) => void;
}) => TaskQueue<Item>;

/** Emissions that wait for nest; more are shed. */
const MAX_WAITING = 2_000;
/** What waited longer would be judged by data of another time. */
const MAX_WAIT_MS = 30_000;
const DRAIN_TIMEOUT_MS = 5_000;

/** The calls to nest that ask what it would have emitted: bounded, limited, and shed before they weigh on anybody. */
export class Derivations {
  readonly #rederivation: Rederivation;
  readonly #queue: TaskQueue<Task>;
  #waiting = 0;

  constructor(rederivation: Rederivation, createQueue: CreateTaskQueue, max: number) {
    this.#rederivation = rederivation;
    this.#queue = createQueue<Task>({
      max,
      run: (task) => this.#run(task),
      isExpired: ({ emission }) => Date.now() - emission.atMs > MAX_WAIT_MS,
      shed: (task) => this.#end(task, "shed"),
    });
  }

  offer(emission: Emission, onResult: Task["onResult"]): void {
    if (this.#waiting >= MAX_WAITING) return onResult("shed");
    this.#waiting += 1;
    this.#queue.push({ emission, onResult });
  }

  async stop(): Promise<void> {
    const cut = new AbortController();
    const timeout = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, DRAIN_TIMEOUT_MS);
      cut.signal.addEventListener("abort", () => (clearTimeout(timer), resolve()));
    });
    await Promise.race([this.#queue.drain(), timeout]);
    cut.abort();
    await this.#rederivation.close();
  }

  async #run(task: Task): Promise<void> {
    const answer = await this.#rederivation.ask(task.emission);
    const nowMs = Date.now();
    if (answer.kind === "failed") this.#queue.adjust({ kind: "failed", nowMs });
    if (answer.kind === "answered") this.#queue.adjust({ kind: "answered", tookMs: answer.tookMs, nowMs });
    this.#end(task, answer.kind === "answered" ? answer.derivation : answer.kind === "off" ? "notDerivable" : "shed");
  }

  #end({ onResult }: Task, result: Parameters<Task["onResult"]>[0]): void {
    this.#waiting -= 1;
    onResult(result);
  }
}
