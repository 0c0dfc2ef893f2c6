import { tooManyRequests } from "./api-error.ts";

const WINDOW_MS = 60_000;
/** Who asked longest ago is forgotten first. */
const MAX_CALLERS = 10_000;

/** At most `perMinute` calls of one caller in any 60 s; 0 turns it off. */
export class Throttle {
  readonly #perMinute: number;
  readonly #calls = new Map<string, number[]>();

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Counts one call, or throws 429 with the seconds after which there is room again. A refused call is not counted. */
  take(caller: string, nowMs: number): void {
    if (this.#perMinute === 0) return;
    const recent = (this.#calls.get(caller) ?? []).filter((at) => at > nowMs - WINDOW_MS);
    const oldest = recent[recent.length - this.#perMinute];
    if (oldest !== undefined) throw tooManyRequests(Math.ceil((oldest + WINDOW_MS - nowMs) / 1_000));
    this.#calls.delete(caller);
    this.#calls.set(caller, [...recent, nowMs]);
    if (this.#calls.size > MAX_CALLERS) this.#forgetOldest();
  }

  #forgetOldest(): void {
    for (const caller of this.#calls.keys()) {
      this.#calls.delete(caller);
      return;
    }
  }
}
