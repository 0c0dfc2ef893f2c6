import { HEADER } from "../../lib/wire.ts";
import { notFound } from "./contract-error.ts";

/** What every reply carries (contract 1.4 and 1.7). */
export function contractHeaders(requestId: string): Record<string, string> {
  return { [HEADER.requestId]: requestId, "x-content-type-options": "nosniff" };
}

/** Replies are never stored, unless the endpoint says otherwise. */
export const CACHE_CONTROL = "no-store";
/** Exactly, without a charset: the legacy app sends none. */
export const JSON_TYPE = "application/json";

type RawReply = { readonly raw: { writeHead(status: number, headers: Record<string, string>): { end(body: string): unknown } } };

/** A path that cannot be decoded is an unknown path. Fastify answers those before any hook runs, so the headers are set here. */
export function answerBadUrl(_error: unknown, request: { readonly id: string }, reply: RawReply): void {
  const body = JSON.stringify(notFound().body);
  const headers = { "content-type": JSON_TYPE, "cache-control": CACHE_CONTROL, "content-length": String(body.length) };
  reply.raw.writeHead(404, { ...contractHeaders(request.id), ...headers }).end(body);
}
