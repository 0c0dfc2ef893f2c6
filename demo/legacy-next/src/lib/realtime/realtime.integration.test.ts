import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as authRoute from "../../app/api/chat/realtime/auth/route.ts";
import * as configRoute from "../../app/api/chat/realtime/config/route.ts";
import { signToken } from "../auth/token.ts";
import { createTestDatabase } from "../../../../../testing/database.ts";
import { startLegacyForTests, type Answer, type LegacyForTests, type Person } from "../../testing/legacy-for-tests.ts";
import { ANNA, insertPeople, STRANGER } from "../../testing/people.ts";

const PATH = "/api/chat/realtime/auth";
const SOCKET = "123.456";

let legacy: LegacyForTests;

beforeAll(async () => {
  legacy = await startLegacyForTests(await createTestDatabase("whatsapp"));
  await insertPeople(legacy.db);
  await legacy.db.whatsAppSession.create({ data: { sessionId: "sales", tenantId: "t1", sendSecret: "x" } });
});
afterAll(() => legacy.stop());

const authorize = (channel: unknown, as: Person = ANNA): Promise<Answer> =>
  legacy.call(authRoute, { as, method: "POST", path: PATH, body: { socket_id: SOCKET, channel_name: channel, channel_data: "mine" } });
const sign = (text: string): string => `key:${createHmac("sha256", "secret").update(text).digest("hex")}`;

test.each(["private-whatsapp.sales", "private-whatsapp.t1", "private-user.u-anna", "private-tenant.t1.notifications"])(
  "%s is signed",
  async (channel) => {
    expect(await authorize(channel)).toEqual({ status: 200, body: { auth: sign(`${SOCKET}:${channel}`) } });
  },
);

test("a presence channel says who the token says", async () => {
  const channelData = '{"user_id":"u-anna","user_info":{"email":null}}';
  const channel = "presence-tenant.t1.online";
  expect(await authorize(channel)).toEqual({
    status: 200,
    body: { auth: sign(`${SOCKET}:${channel}:${channelData}`), channel_data: channelData },
  });
});

test.each([
  "private-whatsapp.other",
  "private-whatsapp.",
  "private-user.u-ben",
  "private-tenant.t2.x",
  "private-tenant.t1.",
  "whatsapp.sales",
  "cache-x",
])("%s is forbidden", async (channel) => {
  expect(await authorize(channel)).toEqual({ status: 403, body: { error: "Forbidden channel" } });
});

test("a session of another tenant is forbidden to everybody else", async () => {
  expect((await authorize("private-whatsapp.sales", STRANGER)).status).toBe(403);
});

test.each([undefined, 1, "", "with space", "x".repeat(201)])("channel %j is an invalid payload", async (channel) => {
  expect(await authorize(channel)).toEqual({ status: 400, body: { error: "Invalid auth payload" } });
});

test.each([
  ["application/x-www-form-urlencoded", `socket_id=${SOCKET}&channel_name=private-user.u-anna`, 200, undefined],
  ["application/json", "{", 400, "Invalid auth payload"],
  ["text/plain", "x", 415, "Unsupported content type"],
  ["application/json", `{"x":"${"y".repeat(16_400)}"}`, 413, "Payload too large"],
])("a %s body is answered as the contract says", async (type, body, status, error) => {
  const validity = { issuedAtSeconds: Math.floor(Date.now() / 1_000), lifetimeSeconds: 60 };
  const token = await signToken({ ...ANNA, email: undefined }, "a-secret-for-tests-only", validity);
  const headers = { authorization: `Bearer ${token}`, "content-type": type };
  const response = await authRoute.POST(new Request(`http://host${PATH}`, { method: "POST", headers, body }));
  expect([response.status, ((await response.json()) as { error?: string }).error]).toEqual([status, error]);
});

test("browsers learn where the broker is, and no secret", async () => {
  const { body } = await legacy.call(configRoute, { as: ANNA, method: "GET", path: "/api/chat/realtime/config" });
  expect(body).toEqual({
    success: true,
    config: { key: "key", host: "127.0.0.1", port: expect.any(Number) as number, useTLS: false, appId: "app", cluster: "mt1" },
  });
});
