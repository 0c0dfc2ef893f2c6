import { canonicalText } from "./canonical-text.ts";
import { isSameJson } from "./same-json.ts";
import { ExactNumber, isObject, type Json, type JsonObject } from "./types.ts";

/** Which row of one list is which row of the other. Indexes; undefined where a row has no partner. */
export type RowPair = { readonly legacy: number | undefined; readonly nest: number | undefined; readonly identity: string };

export type RowMatching =
  | { readonly by: "key"; readonly key: string }
  /** lists of texts or numbers, and declared sets */
  | { readonly by: "value" }
  /** rows without a key: equal rows first, then by position between them */
  | { readonly by: "position" };

type Rows = readonly Json[];

/**
 * Pairs the rows in linear time: what begins and ends alike first, then by identity, the n-th row of one belonging to the
 * n-th of the same on the other side. So a row that is inserted, removed or moved disturbs no other, repeated or not.
 * Rows without a key find their equals first; a row that changed belongs to the changed one between the same neighbours.
 */
export function pairRows(legacy: Rows, nest: Rows, matching: RowMatching): RowPair[] {
  if (matching.by === "position") return pairWithoutKey(legacy, nest);
  const identityOf =
    matching.by === "value"
      ? (row: Json) => `=${canonicalText(row)}`
      : (row: Json) => `${matching.key}=${keyText((row as JsonObject)[matching.key])?.replaceAll("\u0000", "\u0000\u0000")}`;
  const left = legacy.map(identityOf);
  const right = nest.map(identityOf);
  const middle = middleOf(left, right, (one, other) => one === other);
  const partners = partnersOf(left, right, middle);
  return toPairs(partners, { left: numberAll(left), right: () => numberAll(right) });
}

type Partners = { readonly ofLegacy: (number | undefined)[]; readonly ofNest: (number | undefined)[] };
/** What lies between the rows that both lists begin and end with. */
type Middle = { readonly start: number; readonly legacyEnd: number; readonly nestEnd: number };

function middleOf<Row>(legacy: readonly Row[], nest: readonly Row[], isSame: (one: Row, other: Row) => boolean): Middle {
  const shorter = Math.min(legacy.length, nest.length);
  let start = 0;
  while (start < shorter && isSame(legacy[start] as Row, nest[start] as Row)) start += 1;
  let tail = 0;
  while (tail < shorter - start && isSame(legacy[legacy.length - 1 - tail] as Row, nest[nest.length - 1 - tail] as Row)) tail += 1;
  return { start, legacyEnd: legacy.length - tail, nestEnd: nest.length - tail };
}

/** Partners by identity. Only the middle's texts are looked at. */
function partnersOf(left: readonly string[], right: readonly string[], { start, legacyEnd, nestEnd }: Middle): Partners {
  const ofLegacy = Array.from({ length: left.length }, (_, index) => partnerOutside(index, start, { end: legacyEnd, shift: nestEnd - legacyEnd }));
  const ofNest = Array.from({ length: right.length }, (_, index) => partnerOutside(index, start, { end: nestEnd, shift: legacyEnd - nestEnd }));
  const waiting = new Map<string, number[]>();
  for (let index = nestEnd - 1; index >= start; index -= 1) {
    const indexes = waiting.get(right[index] ?? "");
    if (indexes === undefined) waiting.set(right[index] ?? "", [index]);
    else indexes.push(index);
  }
  for (let index = start; index < legacyEnd; index += 1) {
    const partner = waiting.get(left[index] ?? "")?.pop();
    if (partner === undefined) continue;
    ofLegacy[index] = partner;
    ofNest[partner] = index;
  }
  return { ofLegacy, ofNest };
}

function partnerOutside(index: number, start: number, { end, shift }: { readonly end: number; readonly shift: number }): number | undefined {
  if (index < start) return index;
  return index >= end ? index + shift : undefined;
}

/** The n-th of a repeated identity is told apart from the first, by the same number on both sides. */
function numberAll(identities: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return identities.map((identity) => {
    const occurrence = seen.get(identity) ?? 0;
    seen.set(identity, occurrence + 1);
    return numbered(identity, occurrence);
  });
}

/** `right` is asked for only when some row of nest has no partner. */
function toPairs(
  { ofLegacy, ofNest }: Partners,
  identities: { readonly left: readonly string[]; readonly right: () => readonly string[] },
): RowPair[] {
  const pairs: RowPair[] = ofLegacy.map((nest, legacy) => ({ legacy, nest, identity: identities.left[legacy] ?? "" }));
  if (!ofNest.includes(undefined)) return pairs;
  const right = identities.right();
  const taken = new Set(identities.left);
  ofNest.forEach((legacy, nest) => {
    if (legacy !== undefined) return;
    // Two places of one list never share a name: a row that has no partner gives way to one that has.
    let identity = right[nest] ?? "";
    while (taken.has(identity)) identity += "\u0000+";
    taken.add(identity);
    pairs.push({ legacy: undefined, nest, identity });
  });
  return pairs;
}

function pairWithoutKey(legacy: Rows, nest: Rows): RowPair[] {
  const middle = middleOf(legacy, nest, isSameJson);
  const textIn = (rows: Rows, end: number): string[] =>
    rows.map((row, index) => (index < middle.start || index >= end ? "" : `=${canonicalText(row)}`));
  const left = textIn(legacy, middle.legacyEnd);
  const right = textIn(nest, middle.nestEnd);
  const partners = partnersOf(left, right, middle);
  const changed = pairChanged(partners);
  const names = numberAll(left).map((text, index) => (left[index] === "" || changed.has(index) ? `#${index}` : text));
  return toPairs(partners, { left: names, right: () => numberAll(right) });
}

/** Rows that have no equal belong together when they stand, in the same order, behind the same equal row. Answers legacy's. */
function pairChanged({ ofLegacy, ofNest }: Partners): ReadonlySet<number> {
  const waiting = new Map<number, number[]>();
  let behind = -1;
  ofNest.forEach((partner, index) => {
    if (partner !== undefined) behind = partner;
    else if (waiting.get(behind)?.push(index) === undefined) waiting.set(behind, [index]);
  });
  const changed = new Set<number>();
  const taken = new Map<number, number>();
  behind = -1;
  ofLegacy.forEach((partner, index) => {
    if (partner !== undefined) return void (behind = index);
    const used = taken.get(behind) ?? 0;
    const nest = waiting.get(behind)?.[used];
    if (nest === undefined) return undefined;
    taken.set(behind, used + 1);
    ofLegacy[index] = nest;
    ofNest[nest] = index;
    changed.add(index);
    return undefined;
  });
  return changed;
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
