export const SESSION_COOKIE = "next-auth.session-token";
const SECURE_SESSION_COOKIE = `__Secure-${SESSION_COOKIE}`;

/** The token of a request. A header that is there decides alone, good or bad: a cookie beside it is not looked at. */
export function readToken(headers: Pick<Headers, "get">): string | undefined {
  const authorization = headers.get("authorization");
  if (authorization !== null) return /^Bearer +([^\s]+)$/i.exec(authorization)?.[1];
  const cookies = parseCookies(headers.get("cookie") ?? "");
  return cookies.get(SECURE_SESSION_COOKIE) ?? cookies.get(SESSION_COOKIE);
}

/** Name → value. Of a repeated name the first counts (the most specific path, RFC 6265 5.4); empty values are left out. */
function parseCookies(header: string): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header.split(";")) {
    const equals = pair.indexOf("=");
    if (equals === -1) continue;
    const name = pair.slice(0, equals).trim();
    const value = pair.slice(equals + 1).trim();
    if (value !== "" && !cookies.has(name)) cookies.set(name, value);
  }
  return cookies;
}
