import { groupOf, type Couplings } from "../core/cutover/coupling.ts";
import { initialState, type FamilyState } from "../core/cutover/family-state.ts";
import { rolesFor, type Roles } from "../core/roles.ts";
import type { Claims } from "../core/subject.ts";
import type { Stage, System } from "../core/types.ts";
import { readLastKnown, writeLastKnown, type KnownState, type Unwritten } from "./last-known.ts";

type Entry = KnownState & { readonly salt: string };

/**
 * The stage of every family as this process knows it: asked on every request, so it lives in memory. An answer is a value:
 * whoever asked keeps it to the end of its work, so that a flip never changes what is under way.
 */
export class Stages {
  readonly #entries = new Map<string, Entry>();
  readonly #couplings: Couplings;
  readonly #dataDir: string;

  /** Starts with what was last known on disk; a family nobody knows is at legacy. */
  constructor({ dataDir, couplings }: { readonly dataDir: string; readonly couplings: Couplings }) {
    this.#dataDir = dataDir;
    this.#couplings = couplings;
    for (const state of readLastKnown(dataDir)) this.#put(state);
  }

  rolesOf(family: string, claims: () => Claims): Roles {
    const entry = this.#entries.get(family);
    return entry === undefined ? AT_LEGACY : rolesFor(entry, entry.salt, claims);
  }

  /** Who owns a family's writes, sends and emissions for a subject, and since which change. */
  ownerOf(family: string, claims: () => Claims): { readonly owner: System; readonly version: number } {
    const { primary, version } = this.rolesOf(family, claims);
    return { owner: primary, version };
  }

  stateOf(family: string): FamilyState {
    return this.#entries.get(family) ?? initialState(family);
  }

  stageOf(family: string): Stage {
    return this.stateOf(family).stage;
  }

  /** Takes over what the store holds where it is newer, keeps it on disk for a start without the store, answers what changed. */
  update(states: readonly FamilyState[]): readonly FamilyState[] {
    const changed = states.filter(({ family, version }) => version > this.stateOf(family).version);
    for (const { family, stage, percent, version } of changed) this.#put({ family, stage, percent, version });
    if (changed.length > 0) this.#keep();
    return changed;
  }

  /** Steps back without the store: holds here and on disk at once, until it is written or something newer is known. */
  stepBack(families: readonly string[], stage: Stage, unwritten: Unwritten): void {
    for (const family of families) this.#put({ ...this.stateOf(family), stage, percent: 0, unwritten });
    this.#keep();
  }

  /** Steps back that the store does not know yet. */
  unwritten(): readonly KnownState[] {
    return [...this.#entries.values()].filter((entry) => entry.unwritten !== undefined);
  }

  #put(state: KnownState): void {
    this.#entries.set(state.family, { ...state, salt: groupOf(state.family, this.#couplings).join("+") });
  }

  #keep(): void {
    writeLastKnown(
      this.#dataDir,
      [...this.#entries.values()].map(({ salt: _salt, ...state }) => state),
    );
  }
}

const AT_LEGACY: Roles = { stage: "legacy", primary: "legacy", candidate: undefined, version: 0 };
