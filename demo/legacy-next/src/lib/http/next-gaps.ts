import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

/** Set by us on requests whose method Next cannot represent; the handlers then answer 405 (or 404). */
export const UNSUPPORTED_METHOD_HEADER = "x-unsupported-method";

const METHODS_OF_NEXT = new Set(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]);
const API_PATH = /^\/api\/((admin\/|internal\/)?whatsapp|chat\/realtime)(\/|$)/;
/** Has no route of its own, now or later: the catch-all answers 404. */
const UNKNOWN_PATH = "/api/whatsapp/-";
const IMPOSSIBLE_PART = "!";

/**
 * Next 16.4 answers some requests before any code of ours, and not as the contract says: TRACE with 500, PROPFIND and its
 * kind with 400, a broken escape in a path with 500, a doubled slash with a redirect. Here they are turned into requests that
 * reach the handlers. A marked request goes on as a GET, which changes nothing.
 */
export function closeNextGaps(): void {
  subscribe("http.server.request.start", (message) => closeGaps((message as { request: IncomingMessage }).request));
}

type ChangeableRequest = Pick<IncomingMessage, "method" | "url" | "headers">;

export function closeGaps(request: ChangeableRequest): void {
  const path = request.url?.split("?", 1)[0];
  if (path === undefined || request.method === undefined || !API_PATH.test(path)) return;
  request.url = /\/\/|\\/.test(path) ? UNKNOWN_PATH : `${decodable(path)}${request.url?.slice(path.length) ?? ""}`;
  if (METHODS_OF_NEXT.has(request.method)) return;
  request.headers[UNSUPPORTED_METHOD_HEADER] = request.method;
  request.method = "GET";
}

/** A part with a broken escape becomes one that no id and no path can be. */
function decodable(path: string): string {
  const parts = path.split("/");
  return parts.map((part) => (isDecodable(part) ? part : IMPOSSIBLE_PART)).join("/");
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
