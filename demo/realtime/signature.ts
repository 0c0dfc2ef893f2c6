import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { AppCredentials } from "./app-credentials.ts";
import { MAX_TIMESTAMP_SKEW_SECONDS } from "./limits.ts";

export type SignedRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The bytes as they came. */
  readonly body: Uint8Array;
};

/** What is wrong with a request's signature, in a sentence; undefined when it is the app's own. */
export function findSignatureProblem({ method, path, query, body }: SignedRequest, app: AppCredentials, nowSeconds: number): string | undefined {
  if (query.get("auth_key") !== app.key) return `auth_key is not the key of app ${app.id}`;
  if (query.get("auth_version") !== "1.0") return "auth_version: expected 1.0";
  const timestamp = query.get("auth_timestamp") ?? "";
  if (!/^\d{1,12}$/.test(timestamp)) return "auth_timestamp: expected seconds since 1970";
  if (Math.abs(nowSeconds - Number(timestamp)) > MAX_TIMESTAMP_SKEW_SECONDS)
    return `auth_timestamp is more than ${MAX_TIMESTAMP_SKEW_SECONDS} s away from the server's clock`;
  const bodyHash = query.get("body_md5");
  if (body.length > 0 && bodyHash === null) return "body_md5 is missing";
  if (bodyHash !== null && !isSame(bodyHash, createHash("md5").update(body).digest("hex"))) return "body_md5 is not the MD5 of the body";
  return isSame(query.get("auth_signature") ?? "", signRequest({ method, path, query }, app.secret)) ? undefined : "auth_signature is wrong";
}

/** HMAC-SHA256 over the method, the path and the query in the order of its names, values as they are before escaping. */
export function signRequest({ method, path, query }: Omit<SignedRequest, "body">, secret: string): string {
  const signed = [...query]
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name !== "auth_signature")
    .toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  return createHmac("sha256", secret).update([method.toUpperCase(), path, signed].join("\n")).digest("hex");
}

export type ChannelClaim = { readonly socketId: string; readonly channel: string; readonly channelData?: string | undefined };

/** True when `auth` lets exactly this connection into exactly this channel, as exactly this member. */
export function isChannelAuth(auth: string, { socketId, channel, channelData }: ChannelClaim, app: AppCredentials): boolean {
  const text = [socketId, channel, ...(channelData === undefined ? [] : [channelData])].join(":");
  return isSame(auth, `${app.key}:${createHmac("sha256", app.secret).update(text).digest("hex")}`);
}

/** Tells nothing by the time it takes: both sides are hashed to one length first. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
