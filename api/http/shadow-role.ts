import type { IncomingHttpHeaders } from "node:http";
import { CANDIDATE_ROLE, HEADER, isRoleSignatureValid } from "../../lib/wire.ts";
import { ContractError, forbidden, unauthorized } from "./contract-error.ts";

const MAX_BODY_BYTES = 1_048_576;
const READ_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

export type ShadowRequest = {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: AsyncIterable<Uint8Array>;
};
export type ShadowKey = { readonly secret: string | undefined; readonly nowMs: () => number };

/**
 * What the shadow role makes of a request (contract 1.7): undefined lets it pass, as a read of the candidate or without the role.
 * The body is read only of what is refused anyway: the signature covers it.
 */
export async function shadowRefusal(request: ShadowRequest, { secret, nowMs }: ShadowKey): Promise<ContractError | undefined> {
  const { method, target, headers } = request;
  const role = headers[HEADER.role];
  if (role === undefined) return undefined;
  const signature = headers[HEADER.signature];
  if (role !== CANDIDATE_ROLE || secret === undefined || typeof signature !== "string") return unauthorized();
  const isRead = READ_METHODS.has(method);
  const body = isRead ? new Uint8Array() : await readBody(request.body);
  if (body === undefined) return new ContractError(413, { error: "Payload too large" });
  if (!isRoleSignatureValid(signature, { method, target, body }, { secret, nowMs: nowMs() })) return unauthorized();
  return isRead ? undefined : forbidden("Shadow role is read-only");
}

async function readBody(body: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
