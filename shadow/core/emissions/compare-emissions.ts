import type { IdPair } from "../align.ts";
import { compare } from "../compare.ts";
import type { IdMappings } from "../explain.ts";
import type { CompareSpec } from "../rules.ts";
import type { Difference, DriftKind, Observation, System } from "../types.ts";
import type { Emission } from "./emission.ts";

const encoder = new TextEncoder();
const EMISSION = "@emission";
const CHANNEL = "@channel";
/** What of a channel names nobody: `private-whatsapp.…` is `private-whatsapp.*`. */
const WORDS_BEFORE_DOT = /^([a-z-]{1,40})\./;
const KIND = /^(?:private|presence)(?=-)/;

/** Remembers, by event, which id of one system stands for which of the other. */
export type IdLearner = {
  readonly of: (event: string) => ReadonlyMap<string, IdMappings>;
  readonly learn: (event: string, pairs: readonly IdPair[]) => void;
};

export type PayloadContext = { readonly spec: CompareSpec; readonly event: string; readonly ids?: IdLearner | undefined };

/** Two payloads of one fact, compared as two answers are. */
export function comparePayloads(legacy: string, nest: string, { spec, event, ids }: PayloadContext): readonly Difference[] {
  const pair = { legacy: observe("legacy", legacy), nest: observe("nest", nest) };
  const { differences, idPairs } = compare(pair, ids === undefined ? { spec } : { spec, idMappings: ids.of(event) });
  ids?.learn(event, idPairs);
  return differences;
}

/** Shapes hold the kind of channel only: the rest of its name is an id. */
export function channelDifference(legacy: string, nest: string): Difference {
  return difference(CHANNEL, "channel", [shapeOfChannel(legacy), shapeOfChannel(nest)], [legacy, nest]);
}

/** An emission that one side made and the other did not, or not then. */
export function wholeDifference(kind: DriftKind, legacy: Emission | undefined, nest: Emission | undefined): Difference {
  const shapeOf = (emission: Emission | undefined): string => (emission === undefined ? "absent" : "emitted");
  return difference(EMISSION, kind, [shapeOf(legacy), shapeOf(nest)], [legacy?.event, nest?.event]);
}

type Sides<Value> = readonly [legacy: Value, nest: Value];

function difference(path: string, kind: DriftKind, shapes: Sides<string>, values: Sides<string | undefined>): Difference {
  return { path, at: [path], kind, legacyShape: shapes[0], nestShape: shapes[1], legacy: values[0], nest: values[1] };
}

function observe(system: System, data: string): Observation {
  return { system, status: 200, headers: [["content-type", "application/json"]], body: { kind: "bytes", bytes: encoder.encode(data) }, tookMs: 0 };
}

function shapeOfChannel(channel: string): string {
  const words = WORDS_BEFORE_DOT.exec(channel)?.[1];
  return words === undefined ? (KIND.exec(channel)?.[0] ?? "public") : `${words}.*`;
}
