import { forbidden } from "./api-error.ts";

/**
 * A browser sends cookies wherever a page of another site wants: a write that is authorised by one must come from our own pages
 * or from an origin we know. A bearer token is sent on purpose and needs no such question. Throws 403.
 */
export function assertCookieOrigin(headers: Pick<Headers, "get">, allowedOrigins: readonly string[]): void {
  if (headers.get("authorization") !== null) return;
  const origin = headers.get("origin");
  const isForeign = origin === null ? headers.get("sec-fetch-site") === "cross-site" : !isOwn(origin, headers) && !allowedOrigins.includes(origin);
  if (isForeign) throw forbidden();
}

function isOwn(origin: string, headers: Pick<Headers, "get">): boolean {
  return URL.canParse(origin) && new URL(origin).host !== "" && new URL(origin).host === headers.get("host")?.toLowerCase();
}
