import { randomUUID } from "node:crypto";
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from "node:http";
import { HEADER } from "../../lib/wire.ts";
import type { Refusal } from "./admission.ts";
import { refusalError, toProxyError, type ProxyError } from "./proxy-errors.ts";

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** A call that got no answer, as the client, the log and the metrics are told. */
export type Failure = ProxyError & { readonly requestId: string; readonly cause: Error };

export function describeFailure(request: IncomingMessage, cause: Error): Failure {
  return { ...toProxyError(cause), cause, requestId: requestIdOf(request) };
}

/** A request that the door refused: no system was asked. */
export function describeRefusal(request: IncomingMessage, { status, reason }: Refusal): Failure {
  return { ...refusalError(status), cause: new Error(reason), requestId: requestIdOf(request) };
}

/** The client's own id when it is a plain one. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers[HEADER.requestId];
  return typeof given === "string" && REQUEST_ID.test(given) ? given : randomUUID();
}

/** One of the proxy's own answers. */
export function answerFailure(response: ServerResponse, { status, error, code, requestId }: Failure): void {
  const body = JSON.stringify({ error, code, details: requestId });
  response.writeHead(status, STATUS_CODES[status], {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    [HEADER.requestId]: requestId,
  });
  response.end(body);
}
