import { align, type IdPair, type ListKeys } from "./align.ts";
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
  readonly isSameBytes: boolean;
};

const BODY = "@body";

/** Equal bytes first; JSON by value; everything else by bytes, or by length and hash when it was too long to keep. */
export function compareBodies(pair: Pair, spec: CompareSpec, known?: ListKeys): BodyComparison {
  const { legacy, nest } = pair;
  const isSameBytes = isSameBody(legacy.body, nest.body);
  const needsIds = spec.rules.some((rule) => rule.as === "id-bijection");
  const nothing = { differences: [], listKeys: new Map(known), idPairs: [], isSameBytes };
  if (isSameBytes && !needsIds) return nothing;
  const areJson = [legacy, nest].map((side) => isJsonType(headerValues(side.headers, "content-type")?.[0]));
  const isReadable = legacy.body.kind !== "digest" && nest.body.kind !== "digest";
  if (areJson.includes(true) && isReadable) return compareJson(pair, spec, { known, areBothJson: !areJson.includes(false) }) ?? nothing;
  return isSameBytes ? nothing : { ...nothing, differences: [bodyDifference("body-bytes", pair)] };
}

type JsonOptions = { readonly known: ListKeys | undefined; readonly areBothJson: boolean };

/** Where only one side says it is JSON, the content type is the drift; the body is one too when it means something else. */
function compareJson(pair: Pair, spec: CompareSpec, { known, areBothJson }: JsonOptions): BodyComparison | undefined {
  const isSameBytes = isSameBody(pair.legacy.body, pair.nest.body);
  const legacy = parseJson(bytesOf(pair.legacy));
  const nest = parseJson(bytesOf(pair.nest));
  if (!legacy.ok || !nest.ok) {
    if (isSameBytes) return undefined;
    const kind = areBothJson && legacy.ok !== nest.ok ? "unparsable" : "body-bytes";
    return { differences: [bodyDifference(kind, pair)], listKeys: new Map(known), idPairs: [], isSameBytes };
  }
  const { aligned, listKeys, idPairs } = align(legacy.value, nest.value, spec, known);
  return { differences: aligned === undefined ? [] : structuralDiff(aligned).map(classify), listKeys, idPairs, isSameBytes };
}

function bodyDifference(kind: DriftKind, { legacy, nest }: Pair): Difference {
  return { path: BODY, at: [BODY], kind, legacyShape: bodyShape(legacy), nestShape: bodyShape(nest), legacy: undefined, nest: undefined };
}

function bodyShape({ body, headers }: Observation): string {
  if (body.kind === "none") return "no body";
  const length = body.kind === "bytes" ? body.bytes.length : body.length;
  return `${length} bytes of ${headerValues(headers, "content-type")?.[0]?.split(";")[0] ?? "no type"}`;
}

const NO_BYTES = new Uint8Array(0);

function bytesOf({ body }: Observation): Uint8Array {
  return body.kind === "bytes" ? body.bytes : NO_BYTES;
}

export function isSameBody(one: Body, other: Body): boolean {
  if (one.kind === "digest" || other.kind === "digest") {
    return one.kind === "digest" && other.kind === "digest" && one.length === other.length && one.sha256 === other.sha256;
  }
  const left = one.kind === "bytes" ? one.bytes : NO_BYTES;
  const right = other.kind === "bytes" ? other.bytes : NO_BYTES;
  return areSameBytes(left, right);
}

const WORD_BYTES = 4;

/** Word by word where both begin on the border of one, which they do unless they are part of something larger. */
function areSameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  const isAligned = left.byteOffset % WORD_BYTES === 0 && right.byteOffset % WORD_BYTES === 0;
  const words = isAligned ? Math.floor(left.length / WORD_BYTES) : 0;
  if (words > 0 && !areSameWords(toWords(left, words), toWords(right, words))) return false;
  for (let index = words * WORD_BYTES; index < left.length; index += 1) if (left[index] !== right[index]) return false;
  return true;
}

function toWords({ buffer, byteOffset }: Uint8Array, words: number): Int32Array {
  return new Int32Array(buffer, byteOffset, words);
}

function areSameWords(left: Int32Array, right: Int32Array): boolean {
  for (let index = 0; index < left.length; index += 1) if (left[index] !== right[index]) return false;
  return true;
}
