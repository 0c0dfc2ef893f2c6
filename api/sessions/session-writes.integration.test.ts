import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { done, sessionCreated, sessionsHealth } from "@ipnuo/domain/session";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { databaseState } from "../testing/database-state.ts";
import { emittedBy, UNREACHABLE_BROKER } from "../testing/emitted.ts";
import { expectExactly } from "../testing/expect-exactly.ts";
import { listenAsWorker, type Listener } from "../testing/notifications.ts";
import { seedContact, seedMessage, seedSession, seedTenants } from "../testing/seed.ts";
import { startTestApi, tokenFor, type TestApi } from "../testing/test-api.ts";

const NOW = new Date("2026-03-04T05:06:07.089Z");
const CHANNEL = "private-whatsapp.s1";
const NOT_FOUND = '{"error":"Session not found or access denied"}';
const CONNECT = "/api/whatsapp/connect";
const DISCONNECT = "/api/whatsapp/disconnect";

let db: TestDatabase;
let api: TestApi;
let worker: Listener;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  api = await startTestApi(db.url, { nowMs: () => NOW.getTime() }, { realtime: UNREACHABLE_BROKER });
  worker = await listenAsWorker(db.url);
  await seedTenants(api.database);
});
afterAll(async () => {
  await worker.close();
  await api.close();
  await db.drop();
});
beforeEach(async () => {
  await api.database.whatsAppContact.deleteMany();
  await api.database.whatsAppSession.deleteMany();
  await worker.take();
});

// The clock stands still in March; tokens are made for then.
const token = (claims: Record<string, unknown> = {}) => tokenFor({ exp: NOW.getTime() / 1_000 + 600, ...claims });
const post = async (path: string, body: unknown, claims = {}) => api.post(path, body, { token: await token(claims) });
const session = (sessionId = "s1") => api.database.whatsAppSession.findUniqueOrThrow({ where: { sessionId }, include: { config: true } });
const update = (status: string, connection: string, reason: string | null) => ({
  channel: CHANNEL,
  event: "connection.update",
  data: { status, connection, phoneNumber: null, accountName: null, reason, lastDisconnect: null, sessionId: "s1", tenantId: "t1" },
});

async function expectRefusal(response: Response, status: number, body: string): Promise<void> {
  expect(await response.text()).toBe(body);
  expect(response.status).toBe(status);
}

describe("POST connect", () => {
  it("makes a session nobody has, with defaults and a secret, and tells the worker", async () => {
    const emitted = await emittedBy(api.database, async () => {
      const response = await post(CONNECT, { sessionId: "s1", name: "  Front desk ", phoneNumber: "15550100001", other: 1 });
      expect(await expectExactly(done, response)).toEqual({ success: true, message: "Connection initiated" });
    });
    expect(await session()).toMatchObject({
      tenantId: "t1",
      name: "Front desk",
      status: "CONNECTING",
      desiredState: "RUNNING",
      pairingPhone: "15550100001",
      isActive: false,
      creds: {},
      sendSecret: expect.stringMatching(/^[0-9a-f]{64}$/),
      lastSync: NOW,
      config: { routingRule: "FLOWBOT_FIRST", autoReplyEnabled: false, businessHoursEnabled: false, awayMessage: null },
    });
    expect(emitted).toEqual([update("connecting", "connecting", null)]);
    expect(await worker.take()).toEqual(["whatsapp_session s1"]);
  });

  it.each([
    ["stopped", { status: "DISCONNECTED", desiredState: "STOPPED" }],
    ["disconnected", { status: "DISCONNECTED", desiredState: "RUNNING" }],
    ["failed", { status: "ERROR", desiredState: "RUNNING" }],
    ["stopped while connected", { status: "CONNECTED", desiredState: "STOPPED" }],
  ] as const)("starts one that is %s, and forgets what went wrong", async (_name, state) => {
    await seedSession(api.database, {
      sessionId: "s1",
      ...state,
      name: "Old",
      errorMessage: "broken",
      qrCode: "q",
      pairingCode: "p",
      pairingPhone: "15550100009",
      reconnectAttempts: 7,
      leaseOwner: "w1",
      leaseEpoch: 3,
      leaseExpiresAt: NOW,
      creds: { me: {} },
    });
    const emitted = await emittedBy(api.database, () => post(CONNECT, { sessionId: "s1", name: null }));
    expect(await session()).toMatchObject({
      status: "CONNECTING",
      desiredState: "RUNNING",
      name: "Old",
      errorMessage: null,
      qrCode: null,
      pairingCode: null,
      pairingPhone: null,
      reconnectAttempts: 0,
      lastSync: NOW,
      leaseOwner: "w1",
      leaseEpoch: 3,
      leaseExpiresAt: NOW,
      creds: { me: {} },
      sendSecret: "00",
    });
    expect(emitted).toEqual([update("connecting", "connecting", null)]);
    expect(await worker.take()).toEqual(["whatsapp_session s1"]);
  });

  it.each(["CONNECTING", "QR_REQUIRED", "CONNECTED"] as const)("of one that runs and is %s only says that it is used", async (status) => {
    await seedSession(api.database, { sessionId: "s1", status, desiredState: "RUNNING", qrCode: "q", reconnectAttempts: 2, lastSync: new Date(0) });
    const before = await session();
    expect(await emittedBy(api.database, () => post(CONNECT, { sessionId: "s1" }))).toEqual([]);
    expect(await session()).toEqual({ ...before, lastSync: NOW, updatedAt: expect.any(Date) });
    await post(CONNECT, { sessionId: "s1", name: "New", phoneNumber: "15550100001" });
    expect(await session()).toEqual({ ...before, lastSync: NOW, name: "New", pairingPhone: "15550100001", updatedAt: expect.any(Date) });
  });

  it("of a foreign key, or of another tenant's id, is not found and makes nothing", async () => {
    await seedSession(api.database, { sessionId: "foreign", tenantId: "t2" });
    const before = await databaseState(api.database);
    for (const sessionId of ["foreign", "t2"]) await expectRefusal(await post(CONNECT, { sessionId }), 404, NOT_FOUND);
    expect(await databaseState(api.database)).toEqual(before);
    expect(await worker.take()).toEqual([]);
  });

  it("may use the tenant's own id as a key", async () => {
    expect((await post(CONNECT, { sessionId: "t1" })).status).toBe(200);
  });

  it("stops at a hundred sessions, also when many ask at once", async () => {
    await api.database.whatsAppSession.createMany({
      data: Array.from({ length: 97 }, (_, index) => ({ sessionId: `n${index}`, tenantId: "t1", sendSecret: "00" })),
    });
    const replies = await Promise.all(Array.from({ length: 8 }, (_, index) => post(CONNECT, { sessionId: `more-${index}` })));
    expect(replies.map(({ status }) => String(status)).toSorted()).toEqual(["200", "200", "200", "409", "409", "409", "409", "409"]);
    const refused = replies.find(({ status }) => status === 409);
    expect(await refused?.text()).toBe('{"error":"Session limit reached"}');
    expect(await api.database.whatsAppSession.count()).toBe(100);
    expect((await post(CONNECT, { sessionId: "n5" })).status).toBe(200);
  });

  it("of one key by two at once makes one session; of two tenants the later finds it foreign", async () => {
    const same = await Promise.all([1, 2, 3, 4].map(() => post(CONNECT, { sessionId: "s1" })));
    expect(same.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const both = await Promise.all(["t1", "t2"].map((tenantId) => post(CONNECT, { sessionId: "both" }, { tenantId })));
    expect(both.map(({ status }) => String(status)).toSorted()).toEqual(["200", "404"]);
  });

  it.each([
    [{}, "sessionId is required"],
    [{ sessionId: "  " }, "sessionId is required"],
    [{ sessionId: 5 }, "sessionId is invalid"],
    [{ sessionId: "all" }, "sessionId is invalid"],
    [{ sessionId: "a b" }, "sessionId is invalid"],
    [{ sessionId: "x".repeat(65) }, "sessionId is invalid"],
    [{ sessionId: "s1", name: " " }, "name is invalid"],
    [{ sessionId: "s1", name: "x".repeat(121) }, "name is invalid"],
    [{ sessionId: "s1", name: "a\0" }, "name is invalid"],
    [{ sessionId: "s1", name: "\ud800" }, "name is invalid"],
    [{ sessionId: "s1", phoneNumber: "+15550100001" }, "phoneNumber is invalid"],
    [{ sessionId: "s1", phoneNumber: 15550100001 }, "phoneNumber is invalid"],
  ])("%j: %s", async (body, error) => {
    await expectRefusal(await post(CONNECT, body), 400, JSON.stringify({ error }));
    expect(await api.database.whatsAppSession.count()).toBe(0);
  });

  it("counts a name in code points", async () => {
    expect((await post(CONNECT, { sessionId: "s1", name: "😀".repeat(120) })).status).toBe(200);
  });
});

describe("POST disconnect", () => {
  it("stops a session and keeps its credentials", async () => {
    await seedSession(api.database, {
      sessionId: "s1",
      status: "QR_REQUIRED",
      desiredState: "RUNNING",
      isActive: true,
      qrCode: "q",
      pairingCode: "p",
      errorMessage: "broken",
      creds: { me: {} },
    });
    const emitted = await emittedBy(api.database, async () => {
      expect(await expectExactly(done, await post(DISCONNECT, { sessionId: "s1" }))).toEqual({ success: true, message: "Disconnected" });
    });
    expect(await session()).toMatchObject({
      status: "DISCONNECTED",
      desiredState: "STOPPED",
      isActive: false,
      qrCode: null,
      pairingCode: null,
      errorMessage: null,
      lastDisconnectReason: "stopped_by_user",
      lastConnectionEventAt: NOW,
      lastSync: NOW,
      creds: { me: {} },
    });
    expect(emitted).toEqual([update("disconnected", "close", "stopped_by_user")]);
    expect(await worker.take()).toEqual(["whatsapp_session s1"]);
  });

  it("of one that is stopped changes nothing and tells nobody", async () => {
    await seedSession(api.database, { sessionId: "s1", status: "DISCONNECTED", desiredState: "STOPPED" });
    const before = await databaseState(api.database);
    expect((await post(DISCONNECT, { sessionId: "s1" })).status).toBe(200);
    expect(await databaseState(api.database)).toEqual(before);
    expect(await worker.take()).toEqual([]);
  });

  it("of one that is down already, but wanted, tells the worker alone", async () => {
    await seedSession(api.database, { sessionId: "s1", status: "DISCONNECTED", desiredState: "RUNNING" });
    expect(await emittedBy(api.database, () => post(DISCONNECT, { sessionId: "s1" }))).toEqual([]);
    expect(await session()).toMatchObject({ desiredState: "STOPPED" });
    expect(await worker.take()).toEqual(["whatsapp_session s1"]);
  });
});

describe("POST sessions", () => {
  it("makes a session that is not connected, and shows it", async () => {
    const emitted = await emittedBy(api.database, async () => {
      const reply = await expectExactly(sessionCreated, await post("/api/whatsapp/sessions", { sessionId: "s1", name: "A", routingRule: "MANUAL" }));
      expect(reply.session).toMatchObject({ sessionId: "s1", tenantId: "t1", name: "A", status: "DISCONNECTED", routingRule: "MANUAL" });
      expect(reply.session.config).toMatchObject({ routingRule: "MANUAL", autoReplyEnabled: false });
    });
    expect(await session()).toMatchObject({ status: "DISCONNECTED", desiredState: "STOPPED" });
    expect(emitted).toEqual([]);
    expect(await worker.take()).toEqual([]);
  });

  it("mints a key", async () => {
    const replies = await Promise.all([1, 2, 3].map(async () => expectExactly(sessionCreated, await post("/api/whatsapp/sessions", {}))));
    const keys = replies.map((reply) => reply.session.sessionId);
    for (const key of keys) expect(key).toMatch(/^session-c[a-z0-9]{24}$/);
    expect(new Set(keys).size).toBe(3);
  });

  it("refuses a key of the tenant with 409 and a foreign one with 404", async () => {
    await seedSession(api.database, { sessionId: "s1" });
    await seedSession(api.database, { sessionId: "foreign", tenantId: "t2" });
    const before = await databaseState(api.database);
    await expectRefusal(await post("/api/whatsapp/sessions", { sessionId: "s1" }), 409, '{"error":"Session already exists"}');
    for (const sessionId of ["foreign", "t2"]) await expectRefusal(await post("/api/whatsapp/sessions", { sessionId }), 404, NOT_FOUND);
    expect(await databaseState(api.database)).toEqual(before);
  });

  it.each([
    [{ sessionId: "" }, "sessionId is invalid"],
    [{ routingRule: "ALWAYS" }, "routingRule is invalid"],
    [{ sessionId: "all", name: 1, routingRule: 2 }, "sessionId is invalid"],
  ])("%j: %s", async (body, error) => {
    const response = await post("/api/whatsapp/sessions", body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error });
  });
});

describe("DELETE sessions", () => {
  const remove = async (query: string) => api.get(`/api/whatsapp/sessions${query}`, { method: "DELETE", token: await token() });

  it("takes everything of the session with it but the contacts", async () => {
    await seedSession(api.database, { sessionId: "s1", status: "CONNECTED" });
    await seedSession(api.database, { sessionId: "s2" });
    await api.database.whatsAppSessionConfig.create({ data: { sessionId: "s1" } });
    await api.database.whatsAppSessionKey.create({ data: { sessionId: "s1", type: "t", keyId: "k", data: {} } });
    await seedContact(api.database, { id: "k1", jid: "15550100001@s.whatsapp.net", sessionId: "s1" });
    await seedMessage(api.database, { id: "m1", sessionId: "s1", timestamp: NOW });
    await seedMessage(api.database, { id: "m2", sessionId: "s2", timestamp: NOW });
    await api.database.whatsAppMedia.create({ data: { messageRowId: "m1", tenantId: "t1" } });
    const emitted = await emittedBy(api.database, async () => {
      expect(await expectExactly(done, await remove("?sessionId=s1"))).toEqual({ success: true, message: "Session deleted successfully" });
    });
    const state = await databaseState(api.database);
    const rows = (table: string) => (state[table] as { sessionId: string | null }[]).map(({ sessionId }) => sessionId);
    expect(rows("whatsapp_sessions")).toEqual(["s2"]);
    expect(rows("whatsapp_messages")).toEqual(["s2"]);
    expect(rows("whatsapp_contacts")).toEqual([null]);
    for (const table of ["whatsapp_session_keys", "whatsapp_session_configs", "whatsapp_media"]) expect(state[table]).toEqual([]);
    expect(emitted).toEqual([update("disconnected", "close", "deleted")]);
    expect(await worker.take()).toEqual(["whatsapp_session s1"]);
    await expectRefusal(await remove("?sessionId=s1"), 404, NOT_FOUND);
  });

  it("asks for a session of the tenant", async () => {
    await seedSession(api.database, { sessionId: "foreign", tenantId: "t2" });
    const before = await databaseState(api.database);
    await expectRefusal(await remove(""), 400, '{"error":"sessionId is required"}');
    for (const query of ["?sessionId=foreign", "?sessionId=nobody", "?sessionId=a%00b"]) await expectRefusal(await remove(query), 404, NOT_FOUND);
    expect(await databaseState(api.database)).toEqual(before);
  });
});

describe("GET sessions/health", () => {
  const health = async (query = "") => api.get(`/api/whatsapp/sessions/health${query}`, { token: await token() });

  it("tells what runs, what waits and what failed", async () => {
    const live = new Date(Date.now() + 60_000);
    await seedSession(api.database, {
      sessionId: "up",
      status: "CONNECTED",
      desiredState: "RUNNING",
      isActive: true,
      leaseExpiresAt: live,
      lastSync: new Date(2),
    });
    await seedSession(api.database, {
      sessionId: "dead",
      status: "CONNECTED",
      desiredState: "RUNNING",
      isActive: true,
      reconnectAttempts: 2,
      lastSync: new Date(1),
    });
    const states = ["QUEUED", "CLAIMED", "WRITTEN", "UNKNOWN", "SENT", "FAILED", "FAILED"] as const;
    for (const [index, state] of states.entries()) {
      await seedMessage(api.database, { id: `m${index}`, sessionId: "up", timestamp: new Date(NOW.getTime() + index * 1_000) });
      await api.database.whatsAppOutbox.create({
        data: {
          tenantId: "t1",
          sessionId: "up",
          messageRowId: `m${index}`,
          userId: "u1",
          endpoint: "sends.text",
          idempotencyKey: `k${index}`,
          payloadHash: "h",
          chatJid: "15550100001@s.whatsapp.net",
          kind: "text",
          payload: {},
          state,
          settledAt: index === 6 ? new Date(Date.now() - 25 * 3_600_000) : new Date(),
        },
      });
    }
    const reply = await expectExactly(sessionsHealth, await health());
    expect(reply.healthy).toBe(false);
    expect(reply.sessions).toEqual([
      {
        sessionId: "up",
        status: "CONNECTED",
        socketStatus: "connected",
        desiredState: "RUNNING",
        isActuallyConnected: true,
        leaseHeld: true,
        reconnectAttempts: 0,
        lastConnectionEventAt: null,
        lastDisconnectReason: null,
        lastMessageAt: "2026-03-04T05:06:13.089Z",
        outbox: { queued: 3, unknown: 1, failed: 1 },
      },
      expect.objectContaining({
        sessionId: "dead",
        socketStatus: "disconnected",
        isActuallyConnected: false,
        leaseHeld: false,
        reconnectAttempts: 2,
        lastMessageAt: null,
      }),
    ]);
    expect((await expectExactly(sessionsHealth, await health("?sessionId=up"))).healthy).toBe(true);
  });

  it("is healthy without sessions, and of a foreign one not found", async () => {
    await seedSession(api.database, { sessionId: "foreign", tenantId: "t2", desiredState: "RUNNING" });
    expect(await expectExactly(sessionsHealth, await health())).toEqual({ success: true, healthy: true, sessions: [] });
    await expectRefusal(await health("?sessionId=foreign"), 404, NOT_FOUND);
  });
});

describe("POST test-qr", () => {
  it("shows subscribers a QR and stores nothing else", async () => {
    await seedSession(api.database, { sessionId: "s1" });
    const emitted = await emittedBy(api.database, async () => {
      const reply = await expectExactly(done, await post("/api/whatsapp/test-qr", { sessionId: "s1" }));
      expect(reply.message).toBe("Test QR code broadcasted");
    });
    expect(emitted).toEqual([{ channel: CHANNEL, event: "qr.code", data: { qr: "test-qr:s1", sessionId: "s1", tenantId: "t1" } }]);
    expect(await session()).toMatchObject({ qrCode: null, status: "DISCONNECTED" });
  });
});

it("a foreign session is not found, whatever is asked of it", async () => {
  await seedSession(api.database, { sessionId: "foreign", tenantId: "t2", status: "CONNECTED", desiredState: "RUNNING" });
  const before = await databaseState(api.database);
  for (const path of [DISCONNECT, "/api/whatsapp/test-qr"]) {
    for (const sessionId of ["foreign", "nobody", "a\0b"]) await expectRefusal(await post(path, { sessionId }), 404, NOT_FOUND);
    await expectRefusal(await post(path, { sessionId: null }), 400, '{"error":"sessionId is required"}');
  }
  expect(await databaseState(api.database)).toEqual(before);
});
