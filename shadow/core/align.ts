import { canonicalText } from "./canonical-text.ts";
import { changedOrder, inferKey, isKeyOfAll, pairRows, uniqueRows, type RowMatching, type RowPair } from "./pair-rows.ts";
import { memberSegment, ORDER_SEGMENT, rowSegment, toTemplate } from "./path.ts";
import { listSpecAt, ruleAt, type CompareSpec, type ListSpec } from "./rules.ts";
import { isSameScalar } from "./same-json.ts";
import { ExactNumber, isList, isObject, type Json, type JsonObject } from "./types.ts";

/**
 * Two trees that a structural walk can compare member by member: lists have become maps by row identity, their order a
 * member of its own, and whatever is equal on both sides is left out.
 */
export type AlignedTree = Leaf | { readonly [segment: string]: AlignedTree };
/** A value that the structural walk must not look into. */
export type Leaf = () => Json;
export type Aligned = { readonly legacy: AlignedTree; readonly nest: AlignedTree };

/**
 * How each list was matched, by its exact place: kept for the re-reads of the same answer, and said in the report by its
 * template. Lists of one template may differ: one is empty, one has rows without id.
 */
export type ListKeys = Map<string, { readonly template: string; readonly matching: RowMatching }>;

/** Two ids that stand for each other in one response. */
export type IdPair = { readonly rule: string; readonly at: readonly string[]; readonly legacy: string; readonly nest: string };

export type Alignment = {
  /** undefined: nothing differs */
  readonly aligned: Aligned | undefined;
  readonly listKeys: ListKeys;
  readonly idPairs: readonly IdPair[];
};

type Context = {
  readonly spec: CompareSpec;
  readonly listKeys: ListKeys;
  readonly idPairs: IdPair[];
  readonly place: string[];
  /** What segments read in a template: thousands of lists lie below the same few. */
  readonly templateParts: Map<string, string>;
  readonly hasBijections: boolean;
};

/** Aligns two documents. `known` fixes how lists are matched, so that places mean the same in several comparisons. */
export function align(legacy: Json, nest: Json, spec: CompareSpec, known?: ListKeys): Alignment {
  const context: Context = {
    spec,
    listKeys: new Map(known),
    idPairs: [],
    place: [],
    templateParts: new Map(),
    hasBijections: spec.rules.some((rule) => rule.as === "id-bijection"),
  };
  return { aligned: alignValues(legacy, nest, context), listKeys: context.listKeys, idPairs: context.idPairs };
}

function alignValues(legacy: Json, nest: Json, context: Context): Aligned | undefined {
  if (isList(legacy) && isList(nest)) return alignLists(legacy, nest, context);
  if (isObject(legacy) && isObject(nest)) return alignObjects(legacy, nest, context);
  if (context.hasBijections) noteIdPair(legacy, nest, context);
  return isSameScalar(legacy, nest) ? undefined : { legacy: () => legacy, nest: () => nest };
}

function alignObjects(legacy: JsonObject, nest: JsonObject, context: Context): Aligned | undefined {
  const trees = new TreePair();
  let common = 0;
  for (const key of Object.keys(legacy)) {
    const left = legacy[key] ?? null;
    if (!Object.hasOwn(nest, key)) {
      trees.putValues(memberSegment(key), left, undefined);
      continue;
    }
    common += 1;
    const right = nest[key] ?? null;
    if (left !== right || context.hasBijections) alignInto(trees, { segment: memberSegment(key), legacy: left, nest: right }, context);
  }
  const nestKeys = Object.keys(nest);
  if (nestKeys.length > common)
    for (const key of nestKeys) if (!Object.hasOwn(legacy, key)) trees.putValues(memberSegment(key), undefined, nest[key] ?? null);
  return trees.result();
}

function alignLists(legacyRows: readonly Json[], nestRows: readonly Json[], context: Context): Aligned | undefined {
  const isSet = ruleAt(context.spec.rules, "set", context.place) !== undefined;
  const legacy = isSet ? uniqueRows(legacyRows) : legacyRows;
  const nest = isSet ? uniqueRows(nestRows) : nestRows;
  const declared = listSpecAt(context.spec.lists, context.place);
  const matching: RowMatching = isSet ? { by: "value" } : matchingOf(legacy, nest, declared, context);
  if (isSameRowByRow(legacyRows, nestRows) && !context.hasBijections) return undefined;
  const pairs = pairRows(legacy, nest, matching);
  const trees = new TreePair();
  for (const pair of pairs) {
    const segment = rowSegment(pair.identity);
    const left = pair.legacy === undefined ? undefined : legacy[pair.legacy];
    const right = pair.nest === undefined ? undefined : nest[pair.nest];
    if (left !== undefined && right !== undefined) alignInto(trees, { segment, legacy: left, nest: right }, context);
    else trees.putValues(segment, left, right);
  }
  if (declared?.order !== "ignore") noteOrder(trees, pairs);
  // The same set with other repetitions: equal only because the rule says so.
  if (isSet && trees.isEmpty && canonicalText(legacyRows) !== canonicalText(nestRows))
    trees.putValues(ORDER_SEGMENT, legacyRows.length, nestRows.length);
  return trees.result();
}

/** The short way for lists of texts and numbers, of which most answers have many. */
function isSameRowByRow(legacy: readonly Json[], nest: readonly Json[]): boolean {
  return legacy.length === nest.length && legacy.every((row, index) => row === nest[index]);
}

function noteOrder(trees: TreePair, pairs: readonly RowPair[]): void {
  const order = changedOrder(pairs);
  if (order !== undefined) trees.putValues(ORDER_SEGMENT, order.toSorted((one, other) => one - other).join(" "), order.join(" "));
}

/** How the rows of this list find their partners: as in an earlier comparison of the same answer, as declared, or inferred. */
function matchingOf(legacy: readonly Json[], nest: readonly Json[], declared: ListSpec | undefined, context: Context): RowMatching {
  const place = context.place.join("\u0000\u0000");
  const matching = fits(context.listKeys.get(place)?.matching, legacy, nest) ?? chooseMatching(legacy, nest, declared);
  const isTelling = legacy.length > 0 || nest.length > 0;
  if (isTelling) context.listKeys.set(place, { template: toTemplate(context.place, context.templateParts), matching });
  return matching;
}

/** A declared key that not every row has, and a remembered one likewise, cannot be used. */
function fits(matching: RowMatching | undefined, legacy: readonly Json[], nest: readonly Json[]): RowMatching | undefined {
  if (matching?.by !== "key") return matching;
  return isKeyOfAll(matching.key, legacy) && isKeyOfAll(matching.key, nest) ? matching : undefined;
}

/** Where order means nothing, position means nothing either: rows without a key are then matched by value. */
function chooseMatching(legacy: readonly Json[], nest: readonly Json[], declared: ListSpec | undefined): RowMatching {
  if (declared?.key !== undefined && isKeyOfAll(declared.key, legacy) && isKeyOfAll(declared.key, nest)) return { by: "key", key: declared.key };
  if (legacy.every(isTextOrNumber) && nest.every(isTextOrNumber)) return { by: "value" };
  const key = inferKey(legacy, nest);
  if (key !== undefined) return { by: "key", key };
  return { by: declared?.order === "ignore" ? "value" : "position" };
}

function isTextOrNumber(value: Json): boolean {
  return typeof value === "string" || typeof value === "number" || value instanceof ExactNumber;
}

function alignInto(trees: TreePair, pair: { readonly segment: string; readonly legacy: Json; readonly nest: Json }, context: Context): void {
  context.place.push(pair.segment);
  const aligned = alignValues(pair.legacy, pair.nest, context);
  context.place.pop();
  if (aligned !== undefined) trees.put(pair.segment, aligned);
}

function noteIdPair(legacy: Json, nest: Json, context: Context): void {
  const rule = ruleAt(context.spec.rules, "id-bijection", context.place);
  if (rule === undefined || !isTextOrNumber(legacy) || !isTextOrNumber(nest)) return;
  context.idPairs.push({ rule: rule.pattern.text, at: [...context.place], legacy: canonicalText(legacy), nest: canonicalText(nest) });
}

/** Two maps that grow together. Without a prototype: a segment is data. */
class TreePair {
  #trees: { readonly legacy: Record<string, AlignedTree>; readonly nest: Record<string, AlignedTree> } | undefined;

  get isEmpty(): boolean {
    return this.#trees === undefined;
  }

  put(segment: string, { legacy, nest }: Partial<Aligned>): void {
    this.#trees ??= { legacy: Object.create(null), nest: Object.create(null) };
    if (legacy !== undefined) this.#trees.legacy[segment] = legacy;
    if (nest !== undefined) this.#trees.nest[segment] = nest;
  }

  putValues(segment: string, legacy: Json | undefined, nest: Json | undefined): void {
    this.put(segment, { ...(legacy === undefined ? {} : { legacy: () => legacy }), ...(nest === undefined ? {} : { nest: () => nest }) });
  }

  result(): Aligned | undefined {
    return this.#trees;
  }
}
