import type { System } from "../types.ts";

type Decision = { readonly firstBy: System; readonly owner: System; readonly atMs: number };

const MAX_FACTS = 200_000;

/**
 * Whose emission of a fact reaches the subscribers. Decided when the first of the two is seen and kept for the other, so
 * that a flip between them neither drops the fact nor shows it twice.
 */
export class FlipMemory {
  readonly #windowMs: number;
  readonly #facts = new Map<string, Decision[]>();
  #lost = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Facts forgotten before their time because there were too many. */
  get lost(): number {
    return this.#lost;
  }

  /** `current`: who owns the family now. Of several facts with one id the first goes with the first. */
  ownerOf(id: string, seen: { readonly system: System; readonly atMs: number }, current: () => System): System {
    const { system, atMs } = seen;
    this.#forget(atMs);
    const open = (this.#facts.get(id) ?? []).filter((decision) => decision.atMs + this.#windowMs > atMs);
    const index = open.findIndex(({ firstBy }) => firstBy !== system);
    const owner = open[index]?.owner ?? current();
    const left = index === -1 ? [...open, { firstBy: system, owner, atMs }] : open.toSpliced(index, 1);
    this.#facts.delete(id);
    if (left.length > 0) this.#facts.set(id, left);
    return owner;
  }

  #forget(nowMs: number): void {
    for (const [id, decisions] of this.#facts) {
      const isOver = (decisions.at(-1)?.atMs ?? 0) + this.#windowMs <= nowMs;
      if (!isOver && this.#facts.size < MAX_FACTS) return;
      if (!isOver) this.#lost += 1;
      this.#facts.delete(id);
    }
  }
}
