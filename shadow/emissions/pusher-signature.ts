import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** An app of a Pusher server, as its HTTP API knows it. */
export type RealtimeApp = { readonly id: string; readonly key: string; readonly secret: string };

/** A call of the HTTP API: `path` without query, `query` without its question mark, the body's bytes as they came. */
export type SignedCall = { readonly method: string; readonly path: string; readonly query: string; readonly body: Uint8Array };

/** How far a call's time may lie from ours. */
const MAX_SKEW_S = 600;
const AUTH_PREFIX = "auth_";
const BODY_MD5 = "body_md5";
const SIGNATURE = "auth_signature";
const HEX_SHA256 = /^[0-9a-f]{64}$/;

/** Why a call was not made with the app's secret, in the protocol's words; undefined when it was. */
export function refusalOf({ method, path, query, body }: SignedCall, app: RealtimeApp, nowMs: number): string | undefined {
  const params = parseQuery(query);
  const time = params.get("auth_timestamp") ?? "";
  if (params.get("auth_key") !== app.key) return "Unknown auth_key";
  if (params.get("auth_version") !== "1.0") return "Unknown auth_version, expected 1.0";
  if (!/^\d{1,12}$/.test(time)) return "Invalid auth_timestamp, expected seconds since 1970";
  const given = params.get(SIGNATURE) ?? "";
  params.delete(SIGNATURE);
  const expected = createHmac("sha256", app.secret)
    .update(textToSign(method, path, params))
    .digest();
  if (!HEX_SHA256.test(given) || !timingSafeEqual(expected, Buffer.from(given, "hex"))) return "Invalid signature";
  if (Math.abs(nowMs / 1000 - Number(time)) > MAX_SKEW_S) return `Timestamp expired: not within ${MAX_SKEW_S}s of the server's time`;
  if (body.length > 0 || params.has(BODY_MD5)) {
    if (params.get(BODY_MD5) !== md5Of(body)) return "Invalid body_md5";
  }
  return undefined;
}

/** The query of the same call for another app, signed now; what is not about authentication stays. */
export function signAgain({ method, path, query, body }: SignedCall, app: RealtimeApp, nowMs: number): string {
  const params = new Map([...parseQuery(query)].filter(([name]) => !name.startsWith(AUTH_PREFIX) && name !== BODY_MD5));
  params.set("auth_key", app.key);
  params.set("auth_timestamp", String(Math.floor(nowMs / 1000)));
  params.set("auth_version", "1.0");
  if (body.length > 0) params.set(BODY_MD5, md5Of(body));
  params.set(
    SIGNATURE,
    createHmac("sha256", app.secret)
      .update(textToSign(method, path, params))
      .digest("hex"),
  );
  return [...params].map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&");
}

function textToSign(method: string, path: string, params: ReadonlyMap<string, string>): string {
  const sorted = [...params].map(([name, value]) => [name.toLowerCase(), value] as const).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return [method, path, sorted.map(([name, value]) => `${name}=${value}`).join("&")].join("\n");
}

/** The protocol signs values as they are before they are written into an address; a plus is a plus. */
function parseQuery(query: string): Map<string, string> {
  const pairs = query.split("&").filter((part) => part !== "");
  return new Map(
    pairs.map((part) => {
      const at = part.indexOf("=");
      return at === -1 ? [decode(part), ""] : [decode(part.slice(0, at)), decode(part.slice(at + 1))];
    }),
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function md5Of(body: Uint8Array): string {
  return createHash("md5").update(body).digest("hex");
}
