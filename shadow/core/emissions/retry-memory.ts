import type { System } from "../types.ts";

type Attempt = { owner: System; count: number; atMs: number };

const MAX_ATTEMPTS = 50_000;

/**
 * Emissions whose emitter was not told that they arrived: it tries again, and the same once more within the window is that
 * second try, not a second emission. The forgotten ones are counted as emissions of their own.
 */
export class RetryMemory {
  readonly #windowMs: number;
  readonly #attempts = new Map<string, Attempt>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Nothing is known: no need to ask. */
  get isEmpty(): boolean {
    return this.#attempts.size === 0;
  }

  note(id: string, { owner, atMs }: { readonly owner: System; readonly atMs: number }): void {
    const known = this.#attempts.get(id);
    this.#attempts.delete(id);
    this.#attempts.set(id, { owner, count: (known?.count ?? 0) + 1, atMs });
    if (this.#attempts.size > MAX_ATTEMPTS) this.#attempts.delete(this.#attempts.keys().next().value ?? "");
  }

  /** Whose emission of this fact reached the subscribers, when this one is another try; it is used up. */
  take(id: string, nowMs: number): System | undefined {
    this.#forget(nowMs);
    const attempt = this.#attempts.get(id);
    if (attempt === undefined) return undefined;
    attempt.count -= 1;
    if (attempt.count === 0) this.#attempts.delete(id);
    return attempt.owner;
  }

  #forget(nowMs: number): void {
    for (const [id, { atMs }] of this.#attempts) {
      if (atMs + this.#windowMs > nowMs) return;
      this.#attempts.delete(id);
    }
  }
}
