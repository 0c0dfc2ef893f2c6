import type { System } from "../core/types.ts";

/** So many keys are remembered while the store cannot be asked; the oldest go first. */
const MAX_SLOTS = 20_000;

/** Which keys nest has had lately: what a proxy without its store may not hand to legacy. In memory only. */
export class RecentOwners {
  readonly #owners = new Map<string, System>();

  note(slot: string, owner: System): void {
    if (this.#owners.size >= MAX_SLOTS) this.#owners.delete(this.#owners.keys().next().value ?? "");
    this.#owners.set(slot, owner);
  }

  ownerOf(slot: string): System | undefined {
    return this.#owners.get(slot);
  }
}
