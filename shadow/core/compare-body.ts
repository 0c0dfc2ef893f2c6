import { align, type IdPair, type ListKeys } from "./align.ts";
import { bytesOf, relationOf } from "./body-relation.ts";
import { classify } from "./classify.ts";
import { parseJson } from "./json/parse-json.ts";
import { headerValues, isJsonType } from "./media-type.ts";
import type { CompareSpec } from "./rules.ts";
import { structuralDiff } from "./structural-diff.ts";
import type { Body, Difference, DriftKind, Observation, Pair } from "./types.ts";

export type BodyComparison = {
  readonly differences: readonly Difference[];
  readonly listKeys: ListKeys;
  readonly idPairs: readonly IdPair[];
  /** Why it cannot be known whether the bodies differ; undefined when it is known. */
  readonly undecided?: Undecided;
};

/**
 * `content-encoding`: too long to be decoded, or encoded in a way nobody here knows, and not the same encoded bytes.
 * `JSON over the cap`: other length or hash. The order of keys and white space may be all that differs: calling it drift
 * would be a guess, calling it a match a lie. Who wants such bodies compared raises `capture.maxBytes`; who wants them
 * compared byte by byte declares `class: stream`.
 */
export type Undecided = "content-encoding" | "JSON over the cap";

export type BodyOptions = {
  /** How lists were matched in an earlier comparison of the same answer. */
  readonly known?: ListKeys | undefined;
  /** Nothing is compared but bytes, whatever the content type says. */
  readonly isBytesOnly?: boolean;
};

const BODY = "@body";

/** Equal bytes first; JSON by value; everything else by bytes, or by length and hash when it was too long to keep. */
export function compareBodies(pair: Pair, spec: CompareSpec, { known, isBytesOnly = false }: BodyOptions = {}): BodyComparison {
  const { legacy, nest } = pair;
  const relation = relationOf(legacy.body, nest.body);
  const nothing = { differences: [], listKeys: new Map(known), idPairs: [] };
  const needsIds = spec.rules.some((rule) => rule.as === "id-bijection");
  if (relation === "same" && !needsIds) return nothing;
  const areJson = [legacy, nest].map((side) => isJsonType(headerValues(side.headers, "content-type")?.[0]));
  const areBothJson = !areJson.includes(false);
  const isReadable = isAtHand(legacy.body) && isAtHand(nest.body);
  if (areJson.includes(true) && isReadable && !isBytesOnly) return compareJson(pair, spec, { known, areBothJson }) ?? nothing;
  if (relation === "same") return nothing;
  if (relation === "unknown") return { ...nothing, undecided: "content-encoding" };
  if (areBothJson && !isBytesOnly && isDigest(legacy.body) && isDigest(nest.body)) return { ...nothing, undecided: "JSON over the cap" };
  const isOneBroken = (legacy.body.kind === "corrupt") !== (nest.body.kind === "corrupt");
  return { ...nothing, differences: [bodyDifference(areBothJson && isOneBroken ? "unparsable" : "body-bytes", pair)] };
}

function isAtHand(body: Body): boolean {
  return body.kind === "bytes" || body.kind === "none";
}

function isDigest(body: Body): boolean {
  return body.kind === "digest";
}

type JsonOptions = { readonly known: ListKeys | undefined; readonly areBothJson: boolean };

/** Where only one side says it is JSON, the content type is the drift; the body is one too when it means something else. */
function compareJson(pair: Pair, spec: CompareSpec, { known, areBothJson }: JsonOptions): BodyComparison | undefined {
  const [left, right] = withoutCommonMark(bytesOf(pair.legacy.body), bytesOf(pair.nest.body));
  const legacy = parseJson(left);
  const nest = parseJson(right);
  if (!legacy.ok || !nest.ok) {
    if (relationOf(pair.legacy.body, pair.nest.body) === "same") return undefined;
    const kind = areBothJson && legacy.ok !== nest.ok ? "unparsable" : "body-bytes";
    return { differences: [bodyDifference(kind, pair)], listKeys: new Map(known), idPairs: [] };
  }
  const { aligned, listKeys, idPairs } = align(legacy.value, nest.value, spec, known);
  return { differences: aligned === undefined ? [] : structuralDiff(aligned).map(classify), listKeys, idPairs };
}

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/** A byte order mark that both sides send is no reason not to look behind it; one that only one side sends is a difference. */
function withoutCommonMark(legacy: Uint8Array, nest: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const isCommon = BYTE_ORDER_MARK.every((byte, index) => legacy[index] === byte && nest[index] === byte);
  return isCommon ? [legacy.subarray(BYTE_ORDER_MARK.length), nest.subarray(BYTE_ORDER_MARK.length)] : [legacy, nest];
}

function bodyDifference(kind: DriftKind, { legacy, nest }: Pair): Difference {
  return { path: BODY, at: [BODY], kind, legacyShape: bodyShape(legacy), nestShape: bodyShape(nest), legacy: undefined, nest: undefined };
}

function bodyShape({ body, headers }: Observation): string {
  if (body.kind === "none") return "no body";
  if (body.kind === "corrupt") return `${body.length} bytes that are not as encoded as they say`;
  const length = body.kind === "bytes" ? body.bytes.length : body.length;
  return `${length} bytes of ${headerValues(headers, "content-type")?.[0]?.split(";")[0] ?? "no type"}`;
}
