import { setTimeout as sleep } from "node:timers/promises";
import { toWire, type Emission } from "./emission.ts";

const MAX_TRIES = 3;
/** With the time that one try may take (emitter.ts) that is less than two seconds in all. What took longer may have arrived: it is not repeated. */
const LAST_START_MS = 450;
const FIRST_PAUSE_MS = 50;
/** Emissions on their way; more are lost, and counted. */
const MAX_QUEUED = 10_000;

type Outcome = "sent" | "skipped" | "failed" | "shed";
type Trace = {
  readonly outcome: Outcome;
  readonly requestId: string;
  readonly channel: string;
  readonly event: string;
  readonly tries: number;
  /** How many have ended this way since the start. */
  readonly total: number;
  readonly error?: unknown;
};

type Options = {
  /** undefined: realtime is not configured. */
  readonly trigger: ((emission: Emission, data: string) => Promise<unknown>) | undefined;
  readonly now: () => number;
  readonly trace: (trace: Trace) => void;
};

/** Sends emissions to the broker: per channel one after the other, in the order offered; between channels side by side. */
export class Broadcaster {
  readonly #options: Options;
  readonly #tails = new Map<string, Promise<void>>();
  readonly #counts: Record<Outcome, number> = { sent: 0, skipped: 0, failed: 0, shed: 0 };
  #queued = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  get counts(): Readonly<Record<Outcome, number>> {
    return this.#counts;
  }

  /** Every emission offered ends in exactly one of the counts. */
  offer(emission: Emission, requestId: string): void {
    const { trigger, now } = this.#options;
    if (trigger === undefined) return this.#end("skipped", { emission, requestId, tries: 0 });
    if (this.#queued >= MAX_QUEUED) return this.#end("shed", { emission, requestId, tries: 0 });
    this.#queued += 1;
    const data = toWire(emission, now());
    const before = this.#tails.get(emission.channel) ?? Promise.resolve();
    const tail = before
      .then(() => this.#deliver(() => trigger(emission, data), { emission, requestId }))
      .finally(() => {
        this.#queued -= 1;
        if (this.#tails.get(emission.channel) === tail) this.#tails.delete(emission.channel);
      });
    this.#tails.set(emission.channel, tail);
  }

  /** Resolves when everything offered so far has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#tails.values());
  }

  /** Never rejects. */
  async #deliver(send: () => Promise<unknown>, about: Pick<About, "emission" | "requestId">): Promise<void> {
    const lastStart = this.#options.now() + LAST_START_MS;
    for (let tries = 1; ; tries += 1) {
      try {
        await send();
        return this.#end("sent", { ...about, tries });
      } catch (error) {
        const pauseMs = FIRST_PAUSE_MS * 2 ** tries;
        if (tries === MAX_TRIES || this.#options.now() + pauseMs > lastStart) return this.#end("failed", { ...about, tries, error });
        await sleep(pauseMs);
      }
    }
  }

  #end(outcome: Outcome, { emission: { channel, event }, requestId, tries, error }: About): void {
    this.#counts[outcome] += 1;
    const trace = { outcome, requestId, channel, event, tries, total: this.#counts[outcome] };
    this.#options.trace(error === undefined ? trace : { ...trace, error });
  }
}

type About = { readonly emission: Emission; readonly requestId: string; readonly tries: number; readonly error?: unknown };
