import { minuteOf } from "../exchange.ts";
import type { Difference, System } from "../types.ts";
import { factsOf } from "./business-key.ts";
import { channelDifference, comparePayloads, wholeDifference, type IdLearner } from "./compare-emissions.ts";
import type { Emission, EmissionSpec, Settled } from "./emission.ts";
import { OrderMemory } from "./order-memory.ts";
import { WaitingRoom, type Waiting } from "./waiting-room.ts";

export type PairingOptions = {
  readonly specOf: (event: string) => EmissionSpec;
  /** How long one side waits for the other. */
  readonly windowMs: number;
  /** Nest may come this long after legacy; later is drift. Earlier is never late. */
  readonly lateMs: number;
  /** Emissions that wait; more are shed. */
  readonly maxWaiting: number;
  /** Fields of `data` within which order means something (the chat), the first that is there; none: the whole channel. */
  readonly scopeFields?: readonly string[];
  readonly ids?: IdLearner;
};

const MAX_KEYS_REMEMBERED = 200_000;
/** Partners that an emission is compared with when it comes. */
const MAX_COMPARED = 8;

/**
 * Finds the two emissions of each fact when both systems emit it (dual-writer). Emissions pair by event and business key, the
 * n-th with the n-th, on the same channel if there is one: at once when they are equal; when they are not, as soon as an equal
 * one would be late, so that one lost emission does not set every later one against its neighbour. What finds no partner
 * within the window is missing, extra, a duplicate, or a pair on two channels. The clock is the caller's; memory is bounded. What was lost around an emission (a
 * restart, a full room) makes it `shed`: it is never called missing or extra.
 */
export class Pairing {
  readonly #options: PairingOptions;
  readonly #waiting = new WaitingRoom();
  readonly #order: OrderMemory;
  /** Keys that had a pair, and when: a second emission of nest alone is a duplicate. */
  readonly #paired = new Map<string, { readonly atMs: number; readonly isUncertain: boolean }>();
  readonly #seqs: Record<System, number> = { legacy: 0, nest: 0 };
  /** Facts that wait on both sides, and when they pair though they differ. */
  readonly #unequal = new Map<string, number>();
  #lostAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: PairingOptions) {
    this.#options = options;
    this.#order = new OrderMemory(options.windowMs);
  }

  /** Emissions whose partner has not come yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  observe(emission: Emission): readonly Settled[] {
    const facts = factsOf(emission, this.#options.specOf(emission.event), this.#options.scopeFields ?? []);
    const own: Waiting = { ...facts, emission, seq: (this.#seqs[emission.system] += 1) };
    const partners = this.#waiting.partnersOf(own, MAX_COMPARED);
    const equal = partners.find((other) => this.#areEqual(own, other));
    if (equal !== undefined) {
      this.#waiting.remove(equal);
      return [this.#settlePair(own, equal, "equal")];
    }
    if (this.#waiting.size >= this.#options.maxWaiting) {
      this.noteLoss(emission.atMs);
      return [this.#settle("shed", own, [])];
    }
    this.#waiting.add(own);
    if (partners.length > 0 && !this.#unequal.has(own.key)) {
      this.#unequal.set(own.key, emission.atMs + Math.min(this.#options.lateMs, this.#options.windowMs));
    }
    return [];
  }

  /** Something was lost now: a restart, emissions that nobody could take. */
  noteLoss(atMs: number): void {
    this.#lostAtMs = Math.max(this.#lostAtMs, atMs);
  }

  /** Settles what has waited too long. */
  tick(nowMs: number): readonly Settled[] {
    const settled: Settled[] = [];
    for (const [key, atMs] of this.#unequal) {
      if (atMs > nowMs) break;
      this.#unequal.delete(key);
      settled.push(...this.#pairInOrder(key));
    }
    for (let own = this.#waiting.oldest(); own !== undefined && own.emission.atMs + this.#options.windowMs <= nowMs; own = this.#waiting.oldest()) {
      this.#waiting.remove(own);
      const partner = this.#waiting.takePartner(own, "the same channel") ?? this.#waiting.takePartner(own, "any channel");
      settled.push(partner === undefined ? this.#settleAlone(own) : this.#settlePair(own, partner));
    }
    for (const [key, { atMs }] of this.#paired) {
      // An emission that came within a window of a pair is settled a window later.
      if (atMs + 2 * this.#options.windowMs > nowMs && this.#paired.size <= MAX_KEYS_REMEMBERED) break;
      this.#paired.delete(key);
    }
    return settled;
  }

  /** At the end: of what still waits nothing can be said. */
  drain(): readonly Settled[] {
    const settled: Settled[] = [];
    for (let own = this.#waiting.oldest(); own !== undefined; own = this.#waiting.oldest()) {
      this.#waiting.remove(own);
      settled.push(this.#settle("shed", own, []));
    }
    return settled;
  }

  #pairInOrder(key: string): Settled[] {
    return this.#waiting.legacyOf(key).flatMap((legacy) => {
      const nest = this.#waiting.takePartner(legacy, "the same channel");
      if (nest === undefined) return [];
      this.#waiting.remove(legacy);
      return [this.#settlePair(legacy, nest)];
    });
  }

  /** Learns nothing: two that differ are no pair yet. */
  #areEqual(one: Waiting, other: Waiting): boolean {
    const [legacy, nest] = one.emission.system === "legacy" ? [one.emission, other.emission] : [other.emission, one.emission];
    const { ids } = this.#options;
    const known = ids === undefined ? undefined : { of: (event: string) => ids.of(event), learn: () => undefined };
    const spec = this.#options.specOf(legacy.event);
    return comparePayloads(legacy.data, nest.data, { spec: spec.compare, event: legacy.event, ids: known }).length === 0;
  }

  #settlePair(one: Waiting, other: Waiting, known?: "equal"): Settled {
    const [legacy, nest] = one.emission.system === "legacy" ? [one, other] : [other, one];
    const atMs = Math.max(legacy.emission.atMs, nest.emission.atMs);
    const isUncertain = this.#isUncertain(legacy, nest);
    this.#paired.delete(legacy.key);
    this.#paired.set(legacy.key, { atMs, isUncertain });
    const payload = known === "equal" && !this.#learnsIds(legacy.emission.event) ? [] : this.#payloadDifferences(legacy.emission, nest.emission);
    const differences = [...this.#placeDifferences(legacy, nest, isUncertain), ...payload];
    return this.#settle(differences.length === 0 ? "matched" : "drift", legacy, differences, nest);
  }

  /**
   * Of a fact that is told again and again one half may have been lost: from then on each half pairs with the other side's
   * next one, as long as they follow one another. Such pairs say nothing about order.
   */
  #isUncertain(legacy: Waiting, nest: Waiting): boolean {
    const isShifted = [legacy, nest].some((own) => this.#pairBefore(own)?.isUncertain === true);
    return isShifted || this.#isNearLoss(legacy) || this.#isNearLoss(nest);
  }

  /** The last pair of the same fact, not longer ago than one side waits for the other. */
  #pairBefore({ key, emission }: Waiting): { readonly isUncertain: boolean } | undefined {
    const pair = this.#paired.get(key);
    return pair !== undefined && emission.atMs - pair.atMs <= this.#options.windowMs ? pair : undefined;
  }

  /** Losses may go on until it is settled, a window later and then some. */
  #isNearLoss({ emission }: Waiting): boolean {
    return emission.atMs - this.#lostAtMs <= this.#options.windowMs;
  }

  #placeDifferences(legacy: Waiting, nest: Waiting, isUncertain: boolean): Difference[] {
    if (legacy.emission.channel !== nest.emission.channel) return [channelDifference(legacy.emission.channel, nest.emission.channel)];
    // Noted also when late: its place is what the next ones are held against.
    const atMs = Math.max(legacy.emission.atMs, nest.emission.atMs);
    const isReordered = !isUncertain && this.#order.note(legacy.scope, { legacySeq: legacy.seq, nestSeq: nest.seq, atMs });
    if (nest.emission.atMs - legacy.emission.atMs > this.#options.lateMs) return [wholeDifference("late-emission", legacy.emission, nest.emission)];
    return isReordered ? [wholeDifference("reordered-emission", legacy.emission, nest.emission)] : [];
  }

  #learnsIds(event: string): boolean {
    return this.#options.specOf(event).compare.rules.some(({ as }) => as === "id-bijection");
  }

  #payloadDifferences(legacy: Emission, nest: Emission): readonly Difference[] {
    const spec = this.#options.specOf(legacy.event);
    return comparePayloads(legacy.data, nest.data, { spec: spec.compare, event: legacy.event, ids: this.#options.ids });
  }

  #settleAlone(own: Waiting): Settled {
    // Its partner may have been among what was lost, as long before or after it as one side waits for the other.
    const before = this.#pairBefore(own);
    if (this.#isNearLoss(own) || before?.isUncertain === true) return this.#settle("shed", own, []);
    if (own.emission.system === "legacy") return this.#settle("missing", own, [wholeDifference("missing-emission", own.emission, undefined)]);
    const isRepeated = before !== undefined;
    const kind = isRepeated ? "duplicate-emission" : "extra-emission";
    return this.#settle(isRepeated ? "duplicate" : "extra", own, [wholeDifference(kind, undefined, own.emission)]);
  }

  #settle(outcome: Settled["outcome"], own: Waiting, differences: readonly Difference[], nest?: Waiting): Settled {
    const sides = nest === undefined ? [own.emission] : [own.emission, nest.emission];
    return {
      event: own.emission.event,
      outcome,
      differences,
      legacy: sides.find(({ system }) => system === "legacy"),
      nest: sides.find(({ system }) => system === "nest"),
      minuteMs: minuteOf(Math.min(...sides.map(({ atMs }) => atMs))),
    };
  }
}
