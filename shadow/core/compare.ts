import type { IdPair, ListKeys } from "./align.ts";
import { compareBodies, type Undecided } from "./compare-body.ts";
import { brokenIdPairs, explain, isBroken, type IdMappings } from "./explain.ts";
import { toTemplate } from "./path.ts";
import { headerValues, normalizeContentType, shapeOfContentType } from "./media-type.ts";
import { isRedirect, redirectTarget, type Place } from "./redirect.ts";
import type { CompareSpec, Rule } from "./rules.ts";
import { shapeOf } from "./shape.ts";
import type { Difference, DriftKind, Json, Pair, System } from "./types.ts";

export type Comparison = {
  /** `undecided`: nothing is known to differ, but the bodies could not be compared. Never a match. */
  readonly kind: "matched" | "equivalent" | "different" | "undecided";
  /** What no rule explains. Empty unless different. */
  readonly differences: readonly Difference[];
  /** The rules that were needed. */
  readonly rulesUsed: readonly Rule[];
  readonly listKeys: ListKeys;
  readonly idPairs: readonly IdPair[];
  /** False when the statuses are of different classes: the bodies then mean nothing to each other. */
  readonly isBodyCompared: boolean;
  /** Why the bodies could not be compared; also beside other differences. */
  readonly undecided: Undecided | undefined;
};

export type CompareOptions = {
  readonly spec: CompareSpec;
  /** How lists were matched in an earlier comparison of the same answer. */
  readonly listKeys?: ListKeys;
  readonly idMappings?: ReadonlyMap<string, IdMappings>;
  /** Nothing of the body is compared but its bytes. */
  readonly isBytesOnly?: boolean;
  /** Where both sides live, for redirects to themselves. */
  readonly places?: Readonly<Record<System, Place>>;
};

const ABSENT = "absent";
const NO_MAPPINGS: ReadonlyMap<string, IdMappings> = new Map();
const NOWHERE: Place = { origins: [], target: "/" };

/** Compares two observations of one fact: status, headers, body, minus what the declared equivalences explain. Total: never throws on data. */
export function compare(pair: Pair, options: CompareOptions): Comparison {
  const { spec, listKeys, idMappings = NO_MAPPINGS, isBytesOnly = false } = options;
  const status = compareStatus(pair);
  const isBodyCompared = statusClass(pair.legacy.status) === statusClass(pair.nest.status);
  const body = isBodyCompared ? compareBodies(pair, spec, { known: listKeys, isBytesOnly }) : undefined;
  const headers = isBodyCompared ? [...compareHeaders(pair, spec.headers), ...compareRedirects(pair, options)] : [];
  const broken = brokenIdPairs(body?.idPairs ?? [], idMappings);
  const found = [...status, ...headers, ...(body?.differences ?? [])];
  const differences: Difference[] = [];
  const rulesUsed = new Set<Rule>();
  for (const difference of found) {
    const rule = explain(difference, spec.rules);
    if (rule === undefined) differences.push(difference);
    else if (rule.as === "id-bijection" && isBroken(difference, broken)) differences.push({ ...difference, kind: "value-change" });
    else rulesUsed.add(rule);
  }
  differences.push(...equalButBroken(broken, found));
  const undecided = body?.undecided;
  return {
    kind: differences.length > 0 ? "different" : undecided !== undefined ? "undecided" : rulesUsed.size > 0 ? "equivalent" : "matched",
    differences,
    rulesUsed: [...rulesUsed],
    listKeys: body?.listKeys ?? new Map(),
    idPairs: body?.idPairs ?? [],
    isBodyCompared,
    undecided,
  };
}

function statusClass(status: number): number {
  return Math.floor(status / 100);
}

function compareStatus({ legacy, nest }: Pair): Difference[] {
  if (legacy.status === nest.status) return [];
  return [outside("@status", "status-code", String(legacy.status), String(nest.status))];
}

function compareHeaders({ legacy, nest }: Pair, names: readonly string[]): Difference[] {
  return names.flatMap((name) => {
    const isType = name === "content-type";
    // A redirect's target is compared as a place, and the type of a body that a 304 does not send says nothing.
    if (name === "location" && isRedirect(legacy.status)) return [];
    if (isType && legacy.status === 304 && nest.status === 304) return [];
    const [one, other] = [legacy, nest].map(({ headers }) => {
      const values = headerValues(headers, name);
      return isType ? values?.map(normalizeContentType) : values;
    });
    if (one?.join(", ") === other?.join(", ")) return [];
    const found = outside(`@header.${name}`, isType ? "content-type" : "header", one?.join(", ") ?? ABSENT, other?.join(", ") ?? ABSENT);
    return [{ ...found, legacyShape: shapeOfHeader(one, isType), nestShape: shapeOfHeader(other, isType) }];
  });
}

/** Two redirects lead to the same place, whichever way each system names itself. */
function compareRedirects({ legacy, nest }: Pair, { places }: CompareOptions): Difference[] {
  if (!isRedirect(legacy.status) || !isRedirect(nest.status)) return [];
  const [one, other] = [legacy, nest].map(({ system, headers }) =>
    headerValues(headers, "location")?.map((value) => redirectTarget(value, places?.[system] ?? NOWHERE)),
  );
  if (one?.join(", ") === other?.join(", ")) return [];
  const found = outside("@header.location", "header", one?.join(", ") ?? ABSENT, other?.join(", ") ?? ABSENT);
  return [{ ...found, legacyShape: shapeOfHeader(one, false), nestShape: shapeOfHeader(other, false) }];
}

/** A header's value may hold a name: only its presence is a shape. */
function shapeOfHeader(values: readonly string[] | undefined, isType: boolean): string {
  if (values === undefined) return ABSENT;
  return isType ? values.map(shapeOfContentType).join(", ") : "present";
}

function outside(path: string, kind: DriftKind, legacyShape: string, nestShape: string): Difference {
  return { path, at: [path], kind, legacyShape, nestShape, legacy: legacyShape, nest: nestShape };
}

/** An id that is the same on both sides here, while one of the two stands for another id elsewhere. */
function equalButBroken(broken: readonly IdPair[], found: readonly Difference[]): Difference[] {
  return broken
    .filter((pair) => pair.legacy === pair.nest && !found.some((difference) => isBroken(difference, [pair])))
    .map(({ at, legacy }) => {
      const value = JSON.parse(legacy) as Json;
      return { path: toTemplate(at), at, kind: "value-change", legacyShape: shapeOf(value), nestShape: shapeOf(value), legacy: value, nest: value };
    });
}
