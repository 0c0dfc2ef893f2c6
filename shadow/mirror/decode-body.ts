import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { headerValues } from "../core/media-type.ts";
import type { Body, HeaderList } from "../core/types.ts";

/** Decoded bodies are bounded too: a small compressed answer can be a huge one. */
const DECODED_FACTOR = 16;

const DECODERS: Readonly<Record<string, (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array>> = {
  gzip: gunzipSync,
  "x-gzip": gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

/** The body with its content-encoding taken off; undefined when that fails or it would grow beyond bounds. */
export function decodeBody(body: Body, headers: HeaderList, maxBytes: number): Body | undefined {
  const encodings = (headerValues(headers, "content-encoding") ?? []).flatMap((value) => value.split(",")).map((part) => part.trim().toLowerCase());
  const applied = encodings.filter((encoding) => encoding !== "" && encoding !== "identity");
  if (applied.length === 0 || body.kind === "none") return body;
  if (body.kind === "digest") return undefined; // the hash is of the encoded bytes and says nothing about the content
  let bytes = body.bytes;
  try {
    for (const encoding of applied.toReversed()) {
      const decode = DECODERS[encoding];
      if (decode === undefined) return undefined;
      bytes = decode(bytes, { maxOutputLength: maxBytes * DECODED_FACTOR });
    }
  } catch {
    return bytes.length === 0 ? { kind: "bytes", bytes } : undefined;
  }
  return { kind: "bytes", bytes };
}
