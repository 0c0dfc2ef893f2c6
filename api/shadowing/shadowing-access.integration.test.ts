import { NestFactory } from "@nestjs/core";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLogger } from "../../lib/log.ts";
import { signRole } from "../../lib/wire.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { AppModule } from "../app.module.ts";
import { installHttp } from "../http/install-http.ts";
import { RequestMetrics } from "../metrics/request-metrics.ts";
import { databaseState } from "../testing/database-state.ts";
import { serviceTokenFor } from "../testing/ingest-client.ts";
import { seedContact, seedMessage, seedSession, seedTenants } from "../testing/seed.ts";
import { callShadow, EMISSIONS_PATH, roleHeaders } from "../testing/shadow-client.ts";
import { startTestApi, testEnv, tokenFor, type TestApi } from "../testing/test-api.ts";
import { startTestBroker, type TestBroker } from "../testing/test-broker.ts";

const PN = "15550100001@s.whatsapp.net";
const GOOD = { channels: ["private-whatsapp.s1"], event: "message.received", data: { sessionId: "s1", messageId: "WA-m1" }, emittedAt: 1 };

let db: TestDatabase;
let api: TestApi;
let broker: TestBroker;
let routes: { method: string; path: string }[];
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  broker = await startTestBroker();
  api = await startTestApi(db.url, {}, { realtime: broker.realtime });
  const { database } = api;
  await seedTenants(database);
  await seedSession(database, { sessionId: "s1", status: "CONNECTED", desiredState: "RUNNING", creds: { me: {} }, sendSecret: "ab".repeat(32) });
  await seedContact(database, { id: "c1", jid: PN, pn: PN, sessionId: "s1", sessionStatus: "OPEN", userId: "u1", unreadCount: 2 });
  await seedMessage(database, { id: "m1", sessionId: "s1", whatsappContactId: "c1", timestamp: new Date(0), messageType: "IMAGE" });
  await database.whatsAppMedia.create({ data: { messageRowId: "m1", tenantId: "t1" } });
  await database.contactTransferRequest.create({ data: { id: "r1", contactId: "c1", toUserId: "u1", requestedById: "u1" } });
  routes = await everyRoute(api);
});
afterAll(async () => {
  await api.close();
  await broker.close();
  await db.drop();
});

/** Every route of the real service, as it registers them. */
async function everyRoute({ database }: TestApi): Promise<{ method: string; path: string }[]> {
  const runtime = {
    env: testEnv(db.url),
    log: createLogger({ program: "test", level: "silent" }),
    database,
    timing: { nowMs: Date.now, deadlineMs: 10_000, connectTimeoutMs: 5_000 },
    metrics: new RequestMetrics(),
  };
  const adapter = new FastifyAdapter();
  const table = installHttp(adapter.getInstance(), runtime);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of(runtime), adapter, { logger: false, bodyParser: false });
  await app.init();
  const found = table.paths().flatMap((path) => table.methodsOf(path).map((method) => ({ method, path })));
  await app.close();
  return found;
}

/** Of anything that is not named by an id of the path, enough to have an effect if the role let it. */
const BODY = {
  sessionId: "s1",
  contactId: "c1",
  whatsappContactId: "c1",
  messageId: "WA-m1",
  jid: PN,
  toJid: PN,
  content: "hello",
  userId: null,
  targetType: "user",
  targetId: null,
  action: "take-control",
  config: { awayMessage: "Away" },
  routingRule: "USER_FIRST",
  socket_id: "1.1",
  channel_name: "private-whatsapp.s1",
  annotation: "done",
  notes: "n",
  epoch: 9,
  seq: 9,
  status: "CONNECTED",
  qr: "qr",
  reconnectAttempts: 0,
  occurredAt: "2026-01-01T00:00:00.000Z",
  items: [{ messageId: "X", remoteJid: PN, fromMe: false, timestamp: "2026-01-01T00:00:00.000Z", source: "live", messageType: "TEXT", jid: PN }],
};
const IDS: Readonly<Record<string, string>> = { contactId: "c1", messageId: "m1", requestId: "r1", sessionId: "s1" };
const fill = (path: string) => path.replaceAll(/:([a-zA-Z]+)/g, (_whole, name: string) => IDS[name] ?? "x");

describe("a candidate call", () => {
  it("may write nothing, send nothing and tell nothing, on any route, by any token", async () => {
    const tokens = [await tokenFor({ role: "super_admin" }), await serviceTokenFor()];
    const before = await databaseState(api.database);
    const shadowing = routes.filter(({ path }) => path.startsWith("/api/internal/shadow/"));
    const writes = routes.filter((route) => !["GET", "HEAD", "OPTIONS"].includes(route.method) && !shadowing.includes(route));
    const reads = routes.filter(({ method }) => method === "GET");
    expect([writes.length > 50, reads.length > 30]).toEqual([true, true]);
    const body = JSON.stringify(BODY);
    for (const token of tokens) {
      for (const { method, path } of writes) {
        const target = fill(path);
        const headers = { "content-type": "application/json", "idempotency-key": "k", ...roleHeaders(target, body, { method }) };
        const reply = await api.get(target, { method, body, token, headers });
        expect([method, path, reply.status, await reply.text()]).toEqual([method, path, 403, '{"error":"Shadow role is read-only"}']);
      }
      for (const { path } of reads) {
        const target = `${fill(path)}?sessionId=s1&contactId=c1`;
        const reply = await api.get(target, { token, headers: roleHeaders(target, "", { method: "GET" }) });
        await reply.arrayBuffer();
        expect([path, reply.status < 500]).toEqual([path, true]);
      }
    }
    expect(await databaseState(api.database)).toEqual(before);
    expect(broker.calls()).toBe(0);
  });
});

describe("the shadowing API", () => {
  it("is there for the signed role alone, without any token", async () => {
    const reply = await callShadow(api, EMISSIONS_PATH, GOOD);
    expect([reply.status, reply.headers.get("content-type"), reply.headers.get("cache-control")]).toEqual([200, "application/json", "no-store"]);
    expect(await reply.json()).toMatchObject({ success: true, outcome: "derived" });
  });

  it("is an unknown path without the role, whatever else one has", async () => {
    const headers = { "content-type": "application/json", origin: "https://admin.example.com" };
    for (const token of [null, await tokenFor({ role: "super_admin" }), await serviceTokenFor()]) {
      for (const method of ["POST", "GET", "HEAD", "OPTIONS", "PUT", "DELETE"]) {
        const body = method === "GET" || method === "HEAD" ? {} : { body: JSON.stringify(GOOD) };
        const reply = await api.get(EMISSIONS_PATH, { method, token, headers, ...body });
        expect([method, reply.status, reply.headers.get("allow"), reply.headers.get("access-control-allow-methods")]).toEqual([
          method,
          404,
          null,
          null,
        ]);
      }
    }
    const encoded = await api.get("/api/internal/%73hadow/emissions", { method: "POST", body: JSON.stringify(GOOD), headers });
    expect(encoded.status).toBe(404);
  });

  it("has no alias, and one method", async () => {
    expect((await callShadow(api, "/api/v1/internal/shadow/emissions", GOOD)).status).toBe(403);
    const get = await api.get(EMISSIONS_PATH, { headers: roleHeaders(EMISSIONS_PATH, "", { method: "GET" }) });
    expect(get.status).toBe(405);
  });

  it("is bound to secret, body, path and time", async () => {
    const body = JSON.stringify(GOOD);
    const old = signRole(
      { method: "POST", target: EMISSIONS_PATH, body: Buffer.from(body), atMs: Date.now() - 400_000 },
      "test-secret-of-the-shadow-role",
    );
    for (const wrong of [
      roleHeaders(EMISSIONS_PATH, `${body} `),
      roleHeaders(EMISSIONS_PATH, body, { secret: "another-secret-of-the-role" }),
      roleHeaders("/api/internal/shadow/sends", body),
      { "x-parallax-role": "candidate", "x-parallax-signature": old },
      { "x-parallax-role": "candidate" },
    ]) {
      const headers = { "content-type": "application/json", ...wrong };
      const reply = await api.get(EMISSIONS_PATH, { method: "POST", body, token: null, headers });
      expect([reply.status, await reply.text()]).toEqual([401, '{"error":"Unauthorized"}']);
    }
  });

  it("refuses what is no JSON object, and what is too large", async () => {
    const statusOf = async (body: string, headers = {}) => (await callShadow(api, EMISSIONS_PATH, body, headers)).status;
    expect(await statusOf("{")).toBe(400);
    expect(await statusOf("[]")).toBe(400);
    expect(await statusOf("{}")).toBe(400);
    expect(await statusOf("x", { "content-type": "text/plain" })).toBe(415);
    expect(await statusOf(JSON.stringify({ ...GOOD, more: "x".repeat(2_100_000) }))).toBe(413);
  });
});
