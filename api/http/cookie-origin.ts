import type { IncomingHttpHeaders } from "node:http";

const CHANGING_METHODS = new Set(["POST", "PATCH", "DELETE"]);

/**
 * Whether a browser was made to send this by somebody else's page (contract 1.2): only a cookie travels by itself, so that a
 * bearer token is not asked. A request without `Origin` and without `Sec-Fetch-Site` comes from no browser of today.
 */
export function isForged(method: string, headers: IncomingHttpHeaders, allowedOrigins: readonly string[]): boolean {
  if (!CHANGING_METHODS.has(method) || headers.authorization !== undefined) return false;
  const { origin } = headers;
  if (origin === undefined) return headers["sec-fetch-site"] === "cross-site";
  return !allowedOrigins.includes(origin) && !isSameHost(origin, headers.host);
}

/** Default ports are left out on both sides, by the origin's scheme. */
function isSameHost(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const { protocol, host: originHost } = new URL(origin);
  const own = `${protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === originHost;
}
