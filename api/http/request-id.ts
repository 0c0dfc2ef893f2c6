import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { HEADER } from "../../lib/wire.ts";

/** The client's `X-Request-Id` when it is well formed, else a new one. */
export function requestIdOf(request: Pick<IncomingMessage, "headers">): string {
  const given = request.headers[HEADER.requestId];
  return typeof given === "string" && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID();
}
