import Pusher from "pusher";
import { describe, expect, it } from "vitest";
import { findSignatureProblem, isChannelAuth, signRequest } from "./signature.ts";

const APP = { id: "1", key: "key", secret: "secret" };
const official = new Pusher({ appId: "1", key: "key", secret: "secret", host: "127.0.0.1" });

describe("signRequest", () => {
  it("agrees with the example of the protocol's documentation", () => {
    const query = new URLSearchParams(
      "auth_key=278d425bdf160c739803&auth_timestamp=1353088179&auth_version=1.0&body_md5=ec365a775a4cd0599faeb73354201b6f",
    );
    expect(signRequest({ method: "POST", path: "/apps/3/events", query }, "7ad3773142a6692b25b8")).toBe(
      "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c",
    );
  });

  it("does not depend on the order of the query", () => {
    const sign = (text: string): string => signRequest({ method: "GET", path: "/x", query: new URLSearchParams(text) }, "s");
    expect(sign("b=2&a=1&auth_signature=x")).toBe(sign("a=1&b=2"));
  });
});

describe("findSignatureProblem", () => {
  it("finds none in what the official library signs", () => {
    const body = '{"name":"e","data":"ä"}';
    const query = new URLSearchParams(official.createSignedQueryString({ method: "POST", path: "/apps/1/events", body }));
    const now = Number(query.get("auth_timestamp"));
    const request = { method: "POST", path: "/apps/1/events", query, body: Buffer.from(body) };
    expect(findSignatureProblem(request, APP, now)).toBeUndefined();
    expect(findSignatureProblem({ ...request, method: "GET" }, APP, now)).toBe("auth_signature is wrong");
    expect(findSignatureProblem({ ...request, path: "/apps/1/batch_events" }, APP, now)).toBe("auth_signature is wrong");
    expect(findSignatureProblem(request, APP, now + 600)).toBeUndefined();
    expect(findSignatureProblem(request, APP, now + 601)).toContain("600 s away");
  });
});

describe("isChannelAuth", () => {
  const claim = { socketId: "1.2", channel: "presence-a" };

  it("takes what the official library signs, for exactly that connection, channel and member", () => {
    const { auth, channel_data: channelData } = official.authorizeChannel("1.2", "presence-a", { user_id: "ann" });
    expect(isChannelAuth(auth, { ...claim, channelData }, APP)).toBe(true);
    expect(isChannelAuth(auth, { ...claim, channelData, socketId: "1.3" }, APP)).toBe(false);
    expect(isChannelAuth(auth, { ...claim, channelData, channel: "presence-b" }, APP)).toBe(false);
    expect(isChannelAuth(auth, { ...claim, channelData: '{"user_id":"bob"}' }, APP)).toBe(false);
    expect(isChannelAuth(auth, claim, APP)).toBe(false);
    expect(isChannelAuth("", claim, APP)).toBe(false);
  });
});
