import type { FastifyRequest } from "fastify";
import { badBody, payloadTooLarge, unsupportedType } from "./contract-error.ts";

/** Deeper documents are refused: nothing of the contract nests further, and a reader of ours might recurse. */
const MAX_DEPTH = 32;

/** A body as an object; absent is `{}`. Throws the contract's 415, 413 and 400, in this order. */
export async function readJsonBody(request: FastifyRequest, maxBytes: number): Promise<object> {
  const bytes = await readBody(request, { type: "application/json", maxBytes });
  return bytes === undefined ? {} : parseJsonObject(bytes);
}

export type ExpectedBody = { readonly type: string | readonly string[]; readonly maxBytes: number };

/** The bytes of a body, counted while they are read; undefined without any. Throws 415 and 413. */
export async function readBody(request: FastifyRequest, { type, maxBytes }: ExpectedBody): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const refuse = (error: Error): never => {
    // What is left is taken off the wire and dropped: the connection may carry another request.
    request.raw.resume();
    throw error;
  };
  if (Number(request.headers["content-length"] ?? 0) > 0 && !isOfType(request, type)) refuse(unsupportedType());
  for await (const chunk of request.raw.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    if (chunk.length > 0 && !isOfType(request, type)) refuse(unsupportedType());
    size += chunk.length;
    if (size > maxBytes) refuse(payloadTooLarge());
    chunks.push(chunk);
  }
  return size === 0 ? undefined : Buffer.concat(chunks);
}

/** The media type a body has, in lower case and without parameters. */
export function mediaTypeOf(request: FastifyRequest): string {
  return (request.contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
}

function isOfType(request: FastifyRequest, type: string | readonly string[]): boolean {
  return [type].flat().includes(mediaTypeOf(request));
}

/** Throws 400 for what is no JSON object, or is nested too deeply. */
export function parseJsonObject(bytes: Uint8Array, maxDepth = MAX_DEPTH): object {
  return requireJsonObject(parseJson(bytes), maxDepth);
}

/** A value that was read already, as a body. Throws 400 for what is no object, or is nested too deeply. */
export function requireJsonObject(value: unknown, maxDepth = MAX_DEPTH): object {
  if (typeof value !== "object" || value === null || Array.isArray(value) || isDeeperThan(value, maxDepth)) throw badBody();
  return value;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw badBody();
  }
}

/** Looks no further down than the limit. */
function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeperThan(each, levels - 1));
}
