import { AGREEING_LOOKS, findBreach, type Breach, type BreachLimits, type Second } from "../core/cutover/breach.ts";
import type { System } from "../core/types.ts";

const LOOK_EVERY_MS = 1_000;

export type AutoRollbackOptions = {
  readonly limits: BreachLimits & { readonly windowSeconds: number; readonly slowMs: number };
  /** True while nest answers somebody in this family. */
  readonly isServedByNest: (family: string) => boolean;
  /** Steps the family back. */
  readonly onBreach: (family: string, breach: Breach) => void;
};

export type ServedAnswer = { readonly family: string; readonly system: System; readonly isFailed: boolean; readonly tookMs: number };

type Tally = { requests: number; failed: number; slow: number };
type Counting = { served: Record<System, Tally>; judged: number; drifts: number };
type Watched = { window: Second[]; now: Counting; breaches: number };

/** Watches what nest does to clients, second by second, and steps a family back when it breaches its limits look after look. */
export class AutoRollback {
  readonly #options: AutoRollbackOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: AutoRollbackOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  onServed({ family, system, isFailed, tookMs }: ServedAnswer): void {
    const tally = this.#watch(family).now.served[system];
    tally.requests += 1;
    if (isFailed) tally.failed += 1;
    if (tookMs > this.#options.limits.slowMs) tally.slow += 1;
  }

  onJudged(family: string, isDrift: boolean): void {
    const { now } = this.#watch(family);
    now.judged += 1;
    if (isDrift) now.drifts += 1;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { limits, isServedByNest, onBreach } = this.#options;
    for (const [family, watched] of this.#watched) {
      watched.window = [...watched.window, { ...watched.now, atMs: Date.now() }].slice(-limits.windowSeconds);
      watched.now = nothing();
      const breach = isServedByNest(family) ? findBreach(watched.window, limits) : undefined;
      watched.breaches = breach === undefined ? 0 : watched.breaches + 1;
      if (breach === undefined || watched.breaches < AGREEING_LOOKS) continue;
      this.#watched.delete(family); // what was seen belongs to the stage that ends here
      onBreach(family, breach);
    }
  }

  #watch(family: string): Watched {
    const known = this.#watched.get(family);
    if (known !== undefined) return known;
    const watched = { window: [], now: nothing(), breaches: 0 };
    this.#watched.set(family, watched);
    return watched;
  }
}

function nothing(): Counting {
  return { served: { legacy: { requests: 0, failed: 0, slow: 0 }, nest: { requests: 0, failed: 0, slow: 0 } }, judged: 0, drifts: 0 };
}
