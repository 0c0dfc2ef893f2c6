import { createHash } from "node:crypto";
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from "node:zlib";
import { codeOf } from "../../lib/errors.ts";
import { headerValues } from "../core/media-type.ts";
import type { Body, HeaderList, Observation } from "../core/types.ts";

/** Decoded bodies are bounded too: a small compressed answer can be a huge one. */
const DECODED_FACTOR = 16;
const TOO_LONG = "ERR_BUFFER_TOO_LARGE";

type Decode = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

const DECODERS: Readonly<Record<string, Decode>> = {
  gzip: gunzipSync,
  "x-gzip": gunzipSync,
  deflate: inflate,
  br: brotliDecompressSync,
};

/**
 * The body with its content-encoding taken off. What cannot be decoded here (unknown, or too long once decoded) is known
 * by the digest of its encoded bytes; what nobody can decode is corrupt.
 */
export function decodeBody(body: Body, headers: HeaderList, maxBytes: number): Body {
  const applied = encodingsOf(headers);
  if (applied.length === 0 || body.kind === "none" || body.kind === "corrupt") return body;
  const encoding = applied.join(", ");
  if (body.kind === "digest") return { ...body, encoding };
  let { bytes } = body;
  for (const each of applied.toReversed()) {
    const decode = Object.hasOwn(DECODERS, each) ? DECODERS[each] : undefined;
    if (decode === undefined) return { ...digestOf(body.bytes), encoding };
    try {
      bytes = decode(bytes, { maxOutputLength: maxBytes * DECODED_FACTOR });
    } catch (error) {
      if (codeOf(error) === TOO_LONG) return { ...digestOf(body.bytes), encoding };
      const { length, sha256 } = digestOf(body.bytes);
      return { kind: "corrupt", length, sha256 };
    }
  }
  return { kind: "bytes", bytes };
}

/** Two answers measured alike: where only one side was too long to keep, the other is known by its digest as well. */
export function measureAlike(one: Observation, other: Observation): readonly [Observation, Observation] {
  if (isContentDigest(one.body) && other.body.kind === "bytes") return [one, { ...other, body: digestOf(other.body.bytes) }];
  if (isContentDigest(other.body) && one.body.kind === "bytes") return [{ ...one, body: digestOf(one.body.bytes) }, other];
  return [one, other];
}

function isContentDigest(body: Body): boolean {
  return body.kind === "digest" && body.encoding === undefined;
}

function encodingsOf(headers: HeaderList): string[] {
  return (headerValues(headers, "content-encoding") ?? [])
    .flatMap((value) => value.split(","))
    .map((part) => part.trim().toLowerCase())
    .filter((encoding) => encoding !== "" && encoding !== "identity");
}

/** With zlib's wrapper, as the RFC says, or without, as some servers send it and browsers take it. */
function inflate(bytes: Uint8Array, options: { maxOutputLength: number }): Uint8Array {
  try {
    return inflateSync(bytes, options);
  } catch (error) {
    if (codeOf(error) === TOO_LONG) throw error;
    return inflateRawSync(bytes, options);
  }
}

function digestOf(bytes: Uint8Array): Extract<Body, { kind: "digest" }> {
  return { kind: "digest", length: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}
