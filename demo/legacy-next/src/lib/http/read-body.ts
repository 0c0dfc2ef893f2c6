import { isObject } from "./body.ts";
import { invalidJsonBody, payloadTooLarge, unsupportedContentType } from "./api-error.ts";

export const JSON_BODY_MAX_BYTES = 1_048_576;
const MAX_DEPTH = 32;

type BodyRule = {
  readonly maxBytes: number;
  /** Media types without parameters, in lower case. */
  readonly types: readonly string[];
};

type RawBody = { readonly type: string; readonly bytes: Uint8Array };

/** The JSON object that a request carries; an absent body counts as `{}`. Throws 415, 413 or 400, in this order. */
export async function readJsonBody(request: Request, maxBytes = JSON_BODY_MAX_BYTES): Promise<Readonly<Record<string, unknown>>> {
  const body = await readBody(request, { maxBytes, types: ["application/json"] });
  return body === undefined ? {} : parseJsonObject(body.bytes);
}

/** The bytes of a request, counted while they arrive; undefined without any. Throws 415 before 413, and reads no further. */
export async function readBody(request: Request, { maxBytes, types }: BodyRule): Promise<RawBody | undefined> {
  const type = mediaType(request.headers);
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the stream: the rest of a refused body is not read.
  for await (const chunk of chunksOf(request)) {
    if (chunk.byteLength === 0) continue;
    if (!types.includes(type)) throw unsupportedContentType();
    length += chunk.byteLength;
    if (length > maxBytes) throw payloadTooLarge();
    chunks.push(chunk);
  }
  return length === 0 ? undefined : { type, bytes: Buffer.concat(chunks) };
}

/** Throws 400 `Invalid JSON body` for what is not UTF-8, not JSON, not an object or nested too deep. */
export function parseJsonObject(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const value = parseJson(bytes);
  if (!isObject(value) || isDeeperThan(value, MAX_DEPTH)) throw invalidJsonBody();
  return value;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)) as unknown;
  } catch {
    throw invalidJsonBody();
  }
}

/** Level by level, not recursively: a body of brackets must not end the stack. */
function isDeeperThan(value: object, maxDepth: number): boolean {
  let level: readonly object[] = [value];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > maxDepth) return true;
    level = level.flatMap((each) => Object.values(each).filter((child): child is object => typeof child === "object" && child !== null));
  }
  return false;
}

function chunksOf(request: Request): AsyncIterable<Uint8Array> | readonly Uint8Array[] {
  return request.body === null ? [] : request.body;
}

function mediaType(headers: Headers): string {
  return (headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}
