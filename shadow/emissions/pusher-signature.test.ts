import Pusher from "pusher";
import { describe, expect, it } from "vitest";
import { refusalOf, signAgain, type SignedCall } from "./pusher-signature.ts";

const APP = { id: "1", key: "key", secret: "secret" };
const OTHER = { id: "2", key: "other", secret: "other secret" };
const NOW_MS = Date.now();
const body = Buffer.from('{"name":"fact"}');

/** As the official client signs. */
function signed(params: Record<string, string> = {}): SignedCall {
  const client = new Pusher({ appId: APP.id, key: APP.key, secret: APP.secret, host: "127.0.0.1" });
  const path = "/apps/1/events";
  return { method: "POST", path, query: client.createSignedQueryString({ method: "POST", path, body: body.toString(), params }), body };
}

describe("a call", () => {
  it("of the official client is taken, with other parameters too", () => {
    expect(refusalOf(signed(), APP, NOW_MS)).toBeUndefined();
    expect(refusalOf(signed({ info: "user_count,subscription_count" }), APP, NOW_MS)).toBeUndefined();
  });

  it.each<[string, SignedCall, number]>([
    ["of another method", { ...signed(), method: "GET" }, NOW_MS],
    ["to another path", { ...signed(), path: "/apps/1/batch_events" }, NOW_MS],
    ["with another body", { ...signed(), body: Buffer.from("{}") }, NOW_MS],
    ["with another parameter", { ...signed(), query: `${signed().query}&info=user_count` }, NOW_MS],
    ["without a signature", { ...signed(), query: signed().query.replace(/&auth_signature=.*/, "") }, NOW_MS],
    ["with a signature that is none", { ...signed(), query: signed().query.replace(/auth_signature=.*/, "auth_signature=abc") }, NOW_MS],
    ["eleven minutes old", signed(), NOW_MS + 660_000],
    ["eleven minutes ahead", signed(), NOW_MS - 660_000],
  ])("%s is refused", (_name, call, nowMs) => {
    expect(refusalOf(call, APP, nowMs)).toEqual(expect.any(String));
  });

  it("of another app is refused", () => {
    expect(refusalOf(signed(), OTHER, NOW_MS)).toBe("Unknown auth_key");
  });

  it("signed again for another app is that app's, with its own parameters kept", () => {
    const call = signed({ info: "user_count" });
    const path = "/apps/2/events";
    const query = signAgain({ ...call, path }, OTHER, NOW_MS);
    expect(refusalOf({ ...call, path, query }, OTHER, NOW_MS)).toBeUndefined();
    expect(new URLSearchParams(query).get("info")).toBe("user_count");
  });
});
