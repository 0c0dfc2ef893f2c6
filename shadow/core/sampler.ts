/** A fixed share per endpoint, by counting: the first request of each endpoint is always drawn, so that a rare one is never starved. */
export class Sampler {
  readonly #credits = new Map<string, number>();

  isDrawn(endpoint: string, share: number): boolean {
    if (share >= 1) return true;
    if (share <= 0) return false;
    const credit = (this.#credits.get(endpoint) ?? 1 - share) + share;
    const isDrawn = credit >= 1 - Number.EPSILON * 8;
    this.#credits.set(endpoint, isDrawn ? credit - 1 : credit);
    return isDrawn;
  }
}
