import type { System } from "../types.ts";
import type { EmissionFacts } from "./business-key.ts";
import type { Emission } from "./emission.ts";

/** An emission whose partner has not come yet. `seq` is its place in the order of its system. */
export type Waiting = EmissionFacts & { readonly emission: Emission; readonly seq: number };

const PARTNER = { legacy: "nest", nest: "legacy" } as const;

type Sides = Readonly<Record<System, Waiting[]>>;

/** Emissions by their business key, in the order they came. */
export class WaitingRoom {
  readonly #byKey = new Map<string, Sides>();
  readonly #inOrder = new Set<Waiting>();

  get size(): number {
    return this.#inOrder.size;
  }

  add(waiting: Waiting): void {
    const sides = this.#byKey.get(waiting.key) ?? { legacy: [], nest: [] };
    sides[waiting.emission.system].push(waiting);
    this.#byKey.set(waiting.key, sides);
    this.#inOrder.add(waiting);
  }

  /** Takes the other side's oldest of the same fact: on the same channel, or on any. */
  takePartner({ key, emission }: Waiting, on: "the same channel" | "any channel"): Waiting | undefined {
    const others = this.#byKey.get(key)?.[PARTNER[emission.system]];
    const partner = others?.find((other) => on === "any channel" || other.emission.channel === emission.channel);
    if (partner !== undefined) this.remove(partner);
    return partner;
  }

  /** The other side's of the same fact on the same channel, oldest first. */
  partnersOf({ key, emission }: Waiting, atMost: number): readonly Waiting[] {
    const others = this.#byKey.get(key)?.[PARTNER[emission.system]] ?? [];
    return others.filter((other) => other.emission.channel === emission.channel).slice(0, atMost);
  }

  /** Those of legacy that wait for a partner of this fact, oldest first; none while nest has none waiting. */
  legacyOf(key: string): readonly Waiting[] {
    const sides = this.#byKey.get(key);
    return sides === undefined || sides.nest.length === 0 ? [] : sides.legacy.slice();
  }

  remove(waiting: Waiting): void {
    this.#inOrder.delete(waiting);
    const sides = this.#byKey.get(waiting.key);
    if (sides === undefined) return;
    const own = sides[waiting.emission.system];
    own.splice(own.indexOf(waiting), 1);
    if (sides.legacy.length + sides.nest.length === 0) this.#byKey.delete(waiting.key);
  }

  oldest(): Waiting | undefined {
    return this.#inOrder.values().next().value;
  }
}
