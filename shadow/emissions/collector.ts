import type { Emission, EmissionSpec, Settled } from "../core/emissions/emission.ts";
import { judgeDerivation } from "../core/emissions/judge-derivation.ts";
import { Pairing } from "../core/emissions/pairing.ts";
import { IdMemory } from "../core/id-memory.ts";
import { activeRules } from "../core/rules.ts";
import type { Derivations } from "./derivations.ts";
import type { EmissionRecorder } from "./emission-recorder.ts";
import type { EmissionsConfigPart } from "./emissions-config.ts";
import { emittedAtOf, membersOf } from "./payload.ts";

export type CollectorOptions = {
  readonly config: EmissionsConfigPart;
  readonly recorder: EmissionRecorder;
  /** undefined: nest is not asked. */
  readonly derivations: Derivations | undefined;
  /** Whether what legacy does for a family is mirrored at its stage. */
  readonly isMirrored: (family: string) => boolean;
  /** A tap ran a moment ago: what it had captured is lost. */
  readonly isRestart: boolean;
  readonly onError: (error: unknown) => void;
};

/** Emissions that wait to be looked at, and that wait for a partner; more are shed. */
const MAX_QUEUED = 20_000;
const MAX_WAITING = 50_000;
/** Comparing gives way to calls after so long. */
const SLICE_MS = 3;
const TICK_EVERY_MS = 200;

/** Behind the tap: looks at what was captured when nobody has to wait for it. */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #pairing: Pairing;
  readonly #timer: NodeJS.Timeout;
  #queue: Emission[] = [];
  #head = 0;
  #isDue = false;

  constructor(options: CollectorOptions) {
    this.#options = options;
    const { windowMs, lateMs, order } = options.config;
    this.#pairing = new Pairing({
      windowMs,
      lateMs,
      maxWaiting: MAX_WAITING,
      scopeFields: order,
      ids: new IdMemory(),
      specOf: (event) => this.#specOf(event),
    });
    if (options.isRestart) this.#pairing.noteLoss(Date.now());
    this.#timer = setInterval(() => this.#guard(() => this.#settle(this.#pairing.tick(Date.now()))), TICK_EVERY_MS);
    this.#timer.unref();
  }

  /** Emissions that were captured and not decided. */
  get size(): number {
    return this.#queue.length - this.#head + this.#pairing.waiting;
  }

  offer(emission: Emission): void {
    this.#options.recorder.captured(emission);
    if (this.#queue.length - this.#head >= MAX_QUEUED) {
      this.#pairing.noteLoss(emission.atMs);
      return this.#options.recorder.ended(emission, "shed");
    }
    this.#queue.push(emission);
    this.#schedule();
  }

  /** The real server did not take a call: its emitter falls behind the other one, for as long as that lasts. */
  noteTrouble(): void {
    this.#pairing.noteLoss(Date.now());
  }

  /** Looks at everything that was captured before the call. */
  drain(): void {
    this.#work(Infinity);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.drain();
    await this.#options.derivations?.stop();
    this.#guard(() => this.#settle(this.#pairing.drain()));
  }

  #schedule(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#work(Date.now() + SLICE_MS);
      if (this.#head < this.#queue.length) this.#schedule();
    });
  }

  #work(untilMs: number): void {
    while (this.#head < this.#queue.length && Date.now() <= untilMs) {
      const emission = this.#queue[this.#head];
      this.#head += 1;
      if (emission !== undefined) this.#guard(() => this.#look(emission));
    }
    if (this.#head < this.#queue.length) return;
    this.#queue = [];
    this.#head = 0;
  }

  #look(emission: Emission): void {
    if (this.#options.config.mode === "dual-writer") this.#settle(this.#pairing.observe(emission));
    else this.#rederive(emission);
  }

  #settle(settled: readonly Settled[]): void {
    for (const each of settled) this.#options.recorder.settled(each);
  }

  /** Only what legacy tells can be derived by nest's code; before stage shadow nest is asked nothing. */
  #rederive(emission: Emission): void {
    const { recorder, derivations, isMirrored } = this.#options;
    const spec = this.#specOf(emission.event);
    if (emission.system === "nest" || derivations === undefined || !isMirrored(spec.family)) return recorder.ended(emission, "notDerivable");
    derivations.offer(emission, (result) => {
      if (typeof result === "string") return recorder.ended(emission, result);
      const emittedAtMs = emittedAtOf(membersOf(emission.data), emission);
      return recorder.settled(judgeDerivation(emission, result, { spec, emittedAtMs }), "derived");
    });
  }

  #specOf(event: string): EmissionSpec {
    const spec = this.#options.config.specOf(event);
    const today = new Date().toISOString().slice(0, 10);
    return { ...spec, compare: { ...spec.compare, rules: activeRules(spec.compare.rules, today) } };
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#options.onError(error);
    }
  }
}
