import { canonicalText } from "./canonical-text.ts";
import { ExactNumber, isObject, type Json, type JsonObject } from "./types.ts";

/** Which row of one list is which row of the other. Indexes; undefined where a row has no partner. */
export type RowPair = { readonly legacy: number | undefined; readonly nest: number | undefined; readonly identity: string };

export type RowMatching =
  | { readonly by: "key"; readonly key: string }
  /** lists of texts or numbers, and declared sets */
  | { readonly by: "value" }
  | { readonly by: "position" };

type Rows = readonly Json[];

/** Pairs the rows in linear time. The n-th row of an identity belongs to the n-th of the same identity on the other side. */
export function pairRows(legacy: Rows, nest: Rows, matching: RowMatching): RowPair[] {
  if (matching.by === "position") return pairByPosition(legacy, nest);
  const identityOf =
    matching.by === "value"
      ? (row: Json) => `=${canonicalText(row)}`
      : (row: Json) => `${matching.key}=${keyText((row as JsonObject)[matching.key])?.replaceAll("\u0000", "\u0000\u0000")}`;
  const waiting = new Map<string, number[]>();
  nest.forEach((row, index) => {
    const identity = identityOf(row);
    const indexes = waiting.get(identity);
    if (indexes === undefined) waiting.set(identity, [index]);
    else indexes.push(index);
  });
  const seen = new Map<string, number>();
  const pairs: RowPair[] = legacy.map((row, index) => {
    const identity = identityOf(row);
    const occurrence = seen.get(identity) ?? 0;
    seen.set(identity, occurrence + 1);
    return { legacy: index, nest: waiting.get(identity)?.[occurrence], identity: numbered(identity, occurrence) };
  });
  for (const [identity, indexes] of waiting) {
    for (let occurrence = seen.get(identity) ?? 0; occurrence < indexes.length; occurrence += 1) {
      pairs.push({ legacy: undefined, nest: indexes[occurrence], identity: numbered(identity, occurrence) });
    }
  }
  return pairs;
}

/** The partners' order on the nest side, as legacy indexes; undefined when it is legacy's own. */
export function changedOrder(pairs: readonly RowPair[]): readonly number[] | undefined {
  const common = pairs.filter(
    (pair): pair is { legacy: number; nest: number; identity: string } => pair.legacy !== undefined && pair.nest !== undefined,
  );
  const isInOrder = common.every((pair, index) => index === 0 || pair.nest > (common[index - 1]?.nest ?? -1));
  if (isInOrder) return undefined;
  return common.toSorted((one, other) => one.nest - other.nest).map((pair) => pair.legacy);
}

/** The first of `id`, a field ending in `Id` (document order), `key`, `jid` that identifies the rows of both sides. */
export function inferKey(legacy: Rows, nest: Rows): string | undefined {
  const sample = legacy[0] ?? nest[0];
  if (!isObject(sample) || !legacy.every(isObject) || !nest.every(isObject)) return undefined;
  const candidates = ["id", ...Object.keys(sample).filter((key) => key.endsWith("Id")), "key", "jid"];
  return candidates.find((key) => identifies(key, legacy, nest));
}

/** True when every row of both sides has a text or number there. */
export function isKeyOfAll(key: string, rows: Rows): boolean {
  return rows.every((row) => isObject(row) && Object.hasOwn(row, key) && keyText(row[key]) !== undefined);
}

function identifies(key: string, legacy: readonly JsonObject[], nest: readonly JsonObject[]): boolean {
  if (!isKeyOfAll(key, legacy) || !isKeyOfAll(key, nest)) return false;
  return new Set(legacy.map((row) => keyText(row[key]))).size === legacy.length;
}

function keyText(value: Json | undefined): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  return value instanceof ExactNumber ? value.decimal : undefined;
}

/** A single NUL keeps "the second a" apart from an identity that happens to end that way; those of a key come in pairs. */
function numbered(identity: string, occurrence: number): string {
  return occurrence === 0 ? identity : `${identity}\u0000${occurrence + 1}`;
}

/** Each value once, in order of first sight. */
export function uniqueRows(rows: Rows): Rows {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const text = canonicalText(row);
    return !seen.has(text) && seen.add(text);
  });
}

function pairByPosition(legacy: Rows, nest: Rows): RowPair[] {
  const length = Math.max(legacy.length, nest.length);
  return Array.from({ length }, (_, index) => ({
    legacy: index < legacy.length ? index : undefined,
    nest: index < nest.length ? index : undefined,
    identity: `#${index}`,
  }));
}
