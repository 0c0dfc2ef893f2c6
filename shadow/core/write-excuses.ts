/** A write excuses a difference, but not for ever: so many comparisons in a row, then a steady difference is drift. */
const MAX_EXCUSES = 8;
const MAX_PATHS = 10_000;

/**
 * Writes of a busy tenant never end: the write clock alone would excuse every difference of its family for good. A
 * difference that was the same in all four reads, time after time, is not what a write makes. Bounded; the oldest go first.
 */
export class WriteExcuses {
  readonly #counts = new Map<string, Map<string, number>>();
  #size = 0;

  /** One comparison in which a write fell between the reads. True when the difference is excused once more. */
  excuse(endpoint: string, difference: string): boolean {
    const counts = this.#counts.get(endpoint) ?? new Map<string, number>();
    this.#counts.set(endpoint, counts);
    const count = (counts.get(difference) ?? 0) + 1;
    if (count === 1) this.#size += 1;
    counts.set(difference, count);
    if (this.#size > MAX_PATHS) this.#forgetOldest();
    return count <= MAX_EXCUSES;
  }

  /** The endpoint's answers did not differ: whatever was excused was excused rightly. */
  clear(endpoint: string): void {
    this.#size -= this.#counts.get(endpoint)?.size ?? 0;
    this.#counts.delete(endpoint);
  }

  #forgetOldest(): void {
    const [oldest] = this.#counts.keys();
    if (oldest !== undefined) this.clear(oldest);
  }
}
