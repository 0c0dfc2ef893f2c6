import type { IncomingHttpHeaders } from "node:http";
import { CANDIDATE_ROLE, HEADER, isRoleSignatureValid } from "../../lib/wire.ts";
import { forbidden, payloadTooLarge, unauthorized, type ContractError } from "./contract-error.ts";

const MAX_BODY_BYTES = 1_048_576;
/** A dry run wraps the body of a send. */
const MAX_SHADOWING_BYTES = 2 * MAX_BODY_BYTES;
const READ_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

export type ShadowRequest = {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: AsyncIterable<Uint8Array>;
  /** A call of the shadowing API: it writes nothing, whatever its method. */
  readonly isShadowing: boolean;
};
export type ShadowKey = { readonly secret: string | undefined; readonly nowMs: () => number };

/** What may go on: with the body that was read for the signature, empty for reads. */
export type ShadowVerdict = { readonly refusal: ContractError } | { readonly refusal: undefined; readonly body: Uint8Array };

/**
 * What becomes of a request that claims the shadow role (contract 1.7): reads pass, shadowing calls too; every write is refused.
 * The body is read only of what is refused anyway or covered by the signature.
 */
export async function judgeShadow(request: ShadowRequest, { secret, nowMs }: ShadowKey): Promise<ShadowVerdict> {
  const { method, target, headers, isShadowing } = request;
  const signature = headers[HEADER.signature];
  if (headers[HEADER.role] !== CANDIDATE_ROLE || secret === undefined || typeof signature !== "string") return { refusal: unauthorized() };
  const isRead = READ_METHODS.has(method);
  const body = isRead ? new Uint8Array() : await readBody(request.body, isShadowing ? MAX_SHADOWING_BYTES : MAX_BODY_BYTES);
  if (body === undefined) return { refusal: payloadTooLarge() };
  if (!isRoleSignatureValid(signature, { method, target, body }, { secret, nowMs: nowMs() })) return { refusal: unauthorized() };
  return isRead || isShadowing ? { refusal: undefined, body } : { refusal: forbidden("Shadow role is read-only") };
}

async function readBody(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
