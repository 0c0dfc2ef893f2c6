import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authReply, realtimeConfig } from "@ipnuo/domain/realtime";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { expectExactly } from "../testing/expect-exactly.ts";
import { seedSession, seedTenants } from "../testing/seed.ts";
import { startTestApi, tokenFor, type TestApi, type TestRequest } from "../testing/test-api.ts";
import type { RealtimeEnv } from "./realtime-env.ts";

const AUTH = "/api/chat/realtime/auth";
const CONFIG = "/api/chat/realtime/config";
const SECRET = "secret-of-the-real-broker";
const REALTIME: RealtimeEnv = {
  emitter: { host: "127.0.0.1", port: 9, useTLS: false, appId: "tap", key: "tap-key", secret: "secret-of-the-tap" },
  client: { host: "ws.example.com", port: 443, useTLS: true, appId: "real", key: "real-key", secret: SECRET },
  cluster: "eu",
};
const SOCKET = "123.456";

let db: TestDatabase;
let api: TestApi;
let silent: TestApi;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  api = await startTestApi(db.url, {}, { realtime: REALTIME });
  silent = await startTestApi(db.url);
  await seedTenants(api.database);
  await seedSession(api.database, { sessionId: "s1" });
  await seedSession(api.database, { sessionId: "foreign", tenantId: "t2" });
});
afterAll(async () => {
  await api.close();
  await silent.close();
  await db.drop();
});

const auth = (channel: unknown, init: TestRequest = {}, on = api) => on.post(AUTH, { socket_id: SOCKET, channel_name: channel }, init);
const signature = (...parts: string[]) => `real-key:${createHmac("sha256", SECRET).update(parts.join(":")).digest("hex")}`;

async function expectRefusal(response: Response, status: number, body: string): Promise<void> {
  expect(await response.text()).toBe(body);
  expect(response.status).toBe(status);
}

describe("GET realtime/config", () => {
  it("names the real broker, never the tap nor a secret", async () => {
    const response = await api.get(CONFIG, { token: await tokenFor({ role: "user" }) });
    expect(await expectExactly(realtimeConfig, response)).toEqual({
      success: true,
      config: { key: "real-key", host: "ws.example.com", port: 443, useTLS: true, appId: "real", cluster: "eu" },
    });
  });

  it("says when there is none", async () => {
    expect(await (await silent.get(CONFIG)).text()).toBe('{"success":false,"hasConfig":false,"message":"Realtime not configured","config":null}');
  });
});

describe("POST realtime/auth", () => {
  it.each(["private-whatsapp.s1", "private-whatsapp.t1", "private-user.u1", "private-tenant.t1.notifications"])("signs %s", async (channel) => {
    const reply = await expectExactly(authReply, await auth(channel));
    expect(reply).toEqual({ auth: signature(SOCKET, channel) });
  });

  it("takes the form that Pusher clients send, and ignores what they say of themselves", async () => {
    const channel = "presence-tenant.t1.thread.u1--u9";
    const body = new URLSearchParams({ socket_id: SOCKET, channel_name: channel, channel_data: '{"user_id":"boss"}' }).toString();
    const response = await api.get(AUTH, { method: "POST", body, headers: { "content-type": "application/x-www-form-urlencoded" } });
    const member = '{"user_id":"u1","user_info":{"email":"u1@example.com"}}';
    expect(await expectExactly(authReply, response)).toEqual({ auth: signature(SOCKET, channel, member), channel_data: member });
  });

  it("of a token without an address says null", async () => {
    const token = await tokenFor({ email: undefined });
    const reply = await expectExactly(authReply, await auth("presence-tenant.t1.online", { token }));
    expect(reply.channel_data).toBe('{"user_id":"u1","user_info":{"email":null}}');
  });

  it.each([
    "private-whatsapp.foreign",
    "private-whatsapp.nobody",
    "private-whatsapp.t2",
    "private-whatsapp.",
    "private-user.u2",
    "private-user.u1.x",
    "private-tenant.t2.notifications",
    "private-tenant.t1",
    "private-tenant.t1.",
    "presence-tenant.t2.online",
    "presence-user.u1",
    "whatsapp.s1",
    "public",
    "private-other.s1",
    "PRIVATE-user.u1",
  ])("refuses %s", async (channel) => {
    await expectRefusal(await auth(channel), 403, '{"error":"Forbidden channel"}');
  });

  it("a session whose key is the tenant's id, but another tenant's, is not the tenant's", async () => {
    await seedSession(api.database, { sessionId: "t1", tenantId: "t2" });
    await expectRefusal(await auth("private-whatsapp.t1"), 403, '{"error":"Forbidden channel"}');
    await api.database.whatsAppSession.delete({ where: { sessionId: "t1" } });
  });

  it.each<[string, TestRequest]>([
    ["nothing", {}],
    ["no socket", { body: '{"channel_name":"private-user.u1"}' }],
    ["a socket that is none", { body: '{"socket_id":"1:2","channel_name":"private-user.u1"}' }],
    ["a channel with a colon", { body: '{"socket_id":"1.2","channel_name":"private-user.u1:3"}' }],
    ["a channel that is too long", { body: `{"socket_id":"1.2","channel_name":"${"x".repeat(201)}"}` }],
    ["a number", { body: '{"socket_id":1.2,"channel_name":"private-user.u1"}' }],
    ["broken JSON", { body: "{" }],
    ["a list", { body: "[]" }],
    ["no UTF-8 in a form", { body: "socket_id=%ff", headers: { "content-type": "application/x-www-form-urlencoded" } }],
  ])("refuses %s as one thing", async (_name, init) => {
    const response = await api.get(AUTH, { method: "POST", headers: { "content-type": "application/json" }, ...init });
    await expectRefusal(response, 400, '{"error":"Invalid auth payload"}');
  });

  it("refuses in the contract's order", async () => {
    const noTenant = await tokenFor({ tenantId: undefined });
    await expectRefusal(await auth(5, { token: noTenant }), 400, '{"error":"Invalid auth payload"}');
    await expectRefusal(await auth("private-user.u1", { token: noTenant }), 400, '{"error":"User not associated with tenant"}');
    await expectRefusal(await auth("public", {}, silent), 403, '{"error":"Forbidden channel"}');
    await expectRefusal(await auth("private-user.u1", {}, silent), 503, '{"error":"Realtime not configured"}');
    await expectRefusal(await auth("x".repeat(20_000), { token: null }), 401, '{"error":"Unauthorized"}');
    await expectRefusal(await auth("x".repeat(20_000)), 413, '{"error":"Payload too large"}');
    await expectRefusal(await auth("x", { headers: { "content-type": "text/plain" } }), 415, '{"error":"Unsupported content type"}');
  });

  it("says nothing but that of its own failures", async () => {
    await api.database.$executeRawUnsafe("alter table whatsapp_sessions rename to gone");
    try {
      await expectRefusal(await auth("private-whatsapp.s1"), 500, '{"error":"Internal server error"}');
    } finally {
      await api.database.$executeRawUnsafe("alter table gone rename to whatsapp_sessions");
    }
  });
});
