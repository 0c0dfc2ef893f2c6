/** A token bucket: so many per second, saved up for at most one second. */
export class Budget {
  readonly #perSecond: number;
  #tokens: number;
  #filledAtMs: number | undefined;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
  }

  take(nowMs: number): boolean {
    const elapsedMs = Math.max(0, nowMs - (this.#filledAtMs ?? nowMs)); // clocks are set back
    this.#filledAtMs = nowMs;
    this.#tokens = Math.min(Math.max(1, this.#perSecond), this.#tokens + (elapsedMs * this.#perSecond) / 1000);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
