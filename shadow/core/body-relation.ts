import type { Body } from "./types.ts";

/** Whether two bodies are the same bytes, as far as what was kept of them can tell. */
export type BodyRelation = "same" | "different" | "unknown";

const NO_BYTES = new Uint8Array(0);

export function relationOf(one: Body, other: Body): BodyRelation {
  if (one.kind === "corrupt" || other.kind === "corrupt") return relationOfCorrupt(one, other);
  if (one.kind === "digest" || other.kind === "digest") return relationOfDigests(one, other);
  return areSameBytes(bytesOf(one), bytesOf(other)) ? "same" : "different";
}

/** The bytes of a body that has any. */
export function bytesOf(body: Body): Uint8Array {
  return body.kind === "bytes" ? body.bytes : NO_BYTES;
}

function relationOfDigests(one: Body, other: Body): BodyRelation {
  if (one.kind === "none" || other.kind === "none") return "different"; // a digest is of a body, never of none
  if (one.kind !== "digest" || other.kind !== "digest") return lengthOf(one) === lengthOf(other) || isEncoded(one, other) ? "unknown" : "different";
  const isSame = one.length === other.length && one.sha256 === other.sha256;
  if (one.encoding === other.encoding && isSame) return "same";
  // The same content may be compressed into other bytes.
  return one.encoding === undefined && other.encoding === undefined ? "different" : "unknown";
}

function relationOfCorrupt(one: Body, other: Body): BodyRelation {
  if (one.kind === "corrupt" && other.kind === "corrupt") return one.length === other.length && one.sha256 === other.sha256 ? "same" : "different";
  return isEncoded(one, other) ? "unknown" : "different";
}

function isEncoded(...bodies: readonly Body[]): boolean {
  return bodies.some((body) => body.kind === "digest" && body.encoding !== undefined);
}

function lengthOf(body: Body): number {
  return body.kind === "none" ? 0 : body.kind === "bytes" ? body.bytes.length : body.length;
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
