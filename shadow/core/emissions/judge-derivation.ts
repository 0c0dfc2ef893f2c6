import { minuteOf } from "../exchange.ts";
import type { Difference } from "../types.ts";
import { channelDifference, comparePayloads, wholeDifference } from "./compare-emissions.ts";
import type { Emission, EmissionSpec, Settled } from "./emission.ts";

/** What nest says it would have emitted for a fact that legacy emitted (contract 4.4). */
export type Derivation = {
  readonly outcome: "derived" | "unknown-event" | "fact-not-found" | "not-derivable";
  readonly emission?: { readonly channels: readonly string[]; readonly event: string; readonly data: object };
  /** The newest change, in epoch milliseconds, among the rows the answer was made from. */
  readonly asOf?: number;
};

export type DerivationContext = { readonly spec: EmissionSpec; /** when legacy emitted, by its own word */ readonly emittedAtMs: number };

/** Judges one captured emission of legacy by what nest would have emitted. A difference is raced when nest's rows are newer than it. */
export function judgeDerivation(captured: Emission, derivation: Derivation, { spec, emittedAtMs }: DerivationContext): Settled {
  const known = { event: captured.event, legacy: captured, minuteMs: minuteOf(captured.atMs) };
  const { outcome, emission, asOf } = derivation;
  if (outcome === "unknown-event" || outcome === "not-derivable") return { ...known, nest: undefined, outcome: "notDerivable", differences: [] };
  const isMissing = outcome === "fact-not-found" || emission === undefined || emission.event !== captured.event;
  const isNewer = asOf !== undefined && asOf > emittedAtMs;
  if (isMissing) {
    if (isNewer) return { ...known, nest: undefined, outcome: "raced", differences: [] };
    return { ...known, nest: undefined, outcome: "missing", differences: [wholeDifference("missing-emission", captured, undefined)] };
  }
  const channel = emission.channels.includes(captured.channel) ? captured.channel : (emission.channels[0] ?? "");
  const nest: Emission = { system: "nest", channel, event: emission.event, data: JSON.stringify(emission.data), atMs: captured.atMs };
  const differences: Difference[] = [
    ...(channel === captured.channel ? [] : [channelDifference(captured.channel, channel)]),
    ...comparePayloads(captured.data, nest.data, { spec: spec.compare, event: captured.event }),
  ];
  if (differences.length === 0) return { ...known, nest, outcome: "matched", differences };
  return isNewer ? { ...known, nest, outcome: "raced", differences: [] } : { ...known, nest, outcome: "drift", differences };
}
