import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDatabase } from "../../../../../testing/database.ts";
import { startLegacyForTests, type Answer, type LegacyForTests, type Person } from "../../testing/legacy-for-tests.ts";
import { ADMIN, ANNA, insertPeople, STRANGER } from "../../testing/people.ts";
import * as connectRoute from "../../app/api/whatsapp/connect/route.ts";
import * as disconnectRoute from "../../app/api/whatsapp/disconnect/route.ts";
import * as healthRoute from "../../app/api/whatsapp/sessions/health/route.ts";
import * as sessionsRoute from "../../app/api/whatsapp/sessions/route.ts";
import * as testQrRoute from "../../app/api/whatsapp/test-qr/route.ts";

let legacy: LegacyForTests;

beforeAll(async () => {
  legacy = await startLegacyForTests(await createTestDatabase("whatsapp"));
});
beforeEach(() => insertPeople(legacy.db));
afterEach(async () => {
  await legacy.emissions();
  await legacy.db.tenant.deleteMany();
});
afterAll(() => legacy.stop());

const NOT_FOUND = { status: 404, body: { error: "Session not found or access denied" } };

const connect = (body: object, as: Person = ADMIN): Promise<Answer> =>
  legacy.call(connectRoute, { as, method: "POST", path: "/api/whatsapp/connect", body });
const disconnect = (body: object, as: Person = ADMIN): Promise<Answer> =>
  legacy.call(disconnectRoute, { as, method: "POST", path: "/api/whatsapp/disconnect", body });
const create = (body: object, as: Person = ADMIN): Promise<Answer> =>
  legacy.call(sessionsRoute, { as, method: "POST", path: "/api/whatsapp/sessions", body });
const remove = (sessionId: string, as: Person = ADMIN): Promise<Answer> =>
  legacy.call(sessionsRoute, { as, method: "DELETE", path: `/api/whatsapp/sessions?sessionId=${sessionId}` });
const eventsOf = async (): Promise<unknown[]> => (await legacy.emissions()).map(({ event, data }) => [event, data["status"], data["reason"]]);

test("connecting a new key makes a session and its configuration, and says so", async () => {
  expect(await connect({ sessionId: "sales", name: " Sales ", phoneNumber: "15550100001" })).toEqual({
    status: 200,
    body: { success: true, message: "Connection initiated" },
  });
  const row = await legacy.db.whatsAppSession.findUniqueOrThrow({ where: { sessionId: "sales" }, include: { config: true } });
  expect(row).toMatchObject({ tenantId: "t1", name: "Sales", status: "CONNECTING", desiredState: "RUNNING", pairingPhone: "15550100001" });
  expect(row.sendSecret).toMatch(/^[0-9a-f]{64}$/);
  expect(row.config?.routingRule).toBe("FLOWBOT_FIRST");
  const [emission] = await legacy.emissions();
  expect(emission).toEqual({
    channels: ["private-whatsapp.sales"],
    event: "connection.update",
    data: {
      status: "connecting",
      connection: "connecting",
      phoneNumber: null,
      accountName: null,
      reason: null,
      lastDisconnect: null,
      sessionId: "sales",
      tenantId: "t1",
      timestamp: expect.any(Number) as number,
    },
  });
});

test("connecting twice changes the time of synchronisation alone", async () => {
  await connect({ sessionId: "sales" });
  await legacy.db.whatsAppSession.update({ where: { sessionId: "sales" }, data: { status: "QR_REQUIRED", qrCode: "2@x", reconnectAttempts: 3 } });
  await legacy.emissions();
  const before = await legacy.db.whatsAppSession.findUniqueOrThrow({ where: { sessionId: "sales" } });
  expect((await connect({ sessionId: "sales" })).status).toBe(200);
  const after = await legacy.db.whatsAppSession.findUniqueOrThrow({ where: { sessionId: "sales" } });
  expect(after).toEqual({ ...before, lastSync: after.lastSync, updatedAt: after.updatedAt });
  expect(after.lastSync.getTime()).toBeGreaterThan(before.lastSync.getTime());
  expect(await legacy.emissions()).toEqual([]);
});

test("a session that failed starts afresh", async () => {
  await connect({ sessionId: "sales" });
  const failed = { status: "ERROR", errorMessage: "replaced", qrCode: "2@x", reconnectAttempts: 3 } as const;
  await legacy.db.whatsAppSession.update({ where: { sessionId: "sales" }, data: failed });
  await connect({ sessionId: "sales" });
  const row = await legacy.db.whatsAppSession.findUniqueOrThrow({ where: { sessionId: "sales" } });
  expect(row).toMatchObject({ status: "CONNECTING", errorMessage: null, qrCode: null, reconnectAttempts: 0 });
});

test("the keys and the id of another tenant are as unknown as can be", async () => {
  await connect({ sessionId: "theirs" }, STRANGER);
  for (const answer of [connect({ sessionId: "theirs" }), connect({ sessionId: "t2" }), create({ sessionId: "theirs" }), remove("theirs")]) {
    expect(await answer).toEqual(NOT_FOUND);
  }
  expect(await disconnect({ sessionId: "theirs" })).toEqual(NOT_FOUND);
  expect(await legacy.db.whatsAppSession.count()).toBe(1);
});

test("of two tenants that make the same key at once one wins", async () => {
  const answers = await Promise.all([connect({ sessionId: "same" }), connect({ sessionId: "same" }, STRANGER)]);
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 404]);
});

test.each([
  [{}, { error: "sessionId is required" }],
  [{ sessionId: "all" }, { error: "sessionId is invalid" }],
  [
    { sessionId: "a b", name: " ", phoneNumber: "+15550100001" },
    { error: "sessionId is invalid", details: ["sessionId is invalid", "name is invalid", "phoneNumber is invalid"] },
  ],
])("connect refuses %j", async (body, error) => {
  expect(await connect(body)).toEqual({ status: 400, body: error });
});

test("whoever is no admin connects nothing", async () => {
  expect(await connect({ sessionId: "sales" }, ANNA)).toEqual({ status: 403, body: { error: "Forbidden" } });
  expect(await legacy.db.whatsAppSession.count()).toBe(0);
});

test("the hundred and first session is a conflict, also when many ask at once", async () => {
  const rows = Array.from({ length: 98 }, (_, index) => ({ sessionId: `s${index}`, tenantId: "t1", sendSecret: "x" }));
  await legacy.db.whatsAppSession.createMany({ data: rows });
  const answers = await Promise.all(["a", "b", "c", "d"].map((sessionId) => create({ sessionId })));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 409, 409]);
  expect(await connect({ sessionId: "e" })).toEqual({ status: 409, body: { error: "Session limit reached" } });
});

test("a disconnect keeps the credentials, clears the rest and is told once", async () => {
  await connect({ sessionId: "sales" });
  await legacy.db.whatsAppSession.update({ where: { sessionId: "sales" }, data: { status: "CONNECTED", isActive: true, creds: { me: 1 } } });
  await legacy.emissions();
  expect(await disconnect({ sessionId: "sales" })).toEqual({ status: 200, body: { success: true, message: "Disconnected" } });
  const row = await legacy.db.whatsAppSession.findUniqueOrThrow({ where: { sessionId: "sales" } });
  expect(row).toMatchObject({
    status: "DISCONNECTED",
    desiredState: "STOPPED",
    isActive: false,
    lastDisconnectReason: "stopped_by_user",
    creds: { me: 1 },
  });
  await disconnect({ sessionId: "sales" });
  expect(await legacy.db.whatsAppSession.findUniqueOrThrow({ where: { sessionId: "sales" } })).toEqual(row);
  expect(await eventsOf()).toEqual([["connection.update", "disconnected", "stopped_by_user"]]);
});

test("a created session is answered whole, and made once", async () => {
  const answer = await create({ name: "New", routingRule: "MANUAL" });
  const session = answer.body["session"] as Record<string, unknown>;
  expect(session).toMatchObject({ tenantId: "t1", name: "New", status: "DISCONNECTED", routingRule: "MANUAL", stats: { messages: 0, contacts: 0 } });
  expect(session["sessionId"]).toMatch(/^session-c[0-9a-z]{20,}$/);
  expect(await create({ sessionId: session["sessionId"] })).toEqual({ status: 409, body: { error: "Session already exists" } });
  expect(await legacy.emissions()).toEqual([]);
});

test("deleting a session takes its messages along and leaves its contacts", async () => {
  await create({ sessionId: "sales" });
  const contact = await legacy.db.whatsAppContact.create({ data: { tenantId: "t1", sessionId: "sales", jid: "15550100002@s.whatsapp.net" } });
  const message = { sessionId: "sales", messageId: "m1", remoteJid: contact.jid, whatsappContactId: contact.id, timestamp: new Date() };
  await legacy.db.whatsAppMessage.create({ data: message });
  expect(await remove("sales")).toEqual({ status: 200, body: { success: true, message: "Session deleted successfully" } });
  expect(await legacy.db.whatsAppMessage.count()).toBe(0);
  expect((await legacy.db.whatsAppContact.findUniqueOrThrow({ where: { id: contact.id } })).sessionId).toBeNull();
  expect(await eventsOf()).toEqual([["connection.update", "disconnected", "deleted"]]);
});

test("health counts what waits and says whether everything that should run does", async () => {
  await create({ sessionId: "idle" });
  const health = (): Promise<Answer> => legacy.call(healthRoute, { as: ANNA, method: "GET", path: "/api/whatsapp/sessions/health" });
  expect((await health()).body).toEqual({
    success: true,
    healthy: true,
    sessions: [
      {
        sessionId: "idle",
        status: "DISCONNECTED",
        socketStatus: "disconnected",
        desiredState: "STOPPED",
        isActuallyConnected: false,
        leaseHeld: false,
        reconnectAttempts: 0,
        lastConnectionEventAt: null,
        lastDisconnectReason: null,
        lastMessageAt: null,
        outbox: { queued: 0, unknown: 0, failed: 0 },
      },
    ],
  });
  await connect({ sessionId: "idle" });
  expect((await health()).body["healthy"]).toBe(false);
});

test("a test QR is one event, and nothing is stored", async () => {
  await create({ sessionId: "sales" });
  const answer = await legacy.call(testQrRoute, { as: ADMIN, method: "POST", path: "/api/whatsapp/test-qr", body: { sessionId: "sales" } });
  expect(answer).toEqual({ status: 200, body: { success: true, message: "Test QR code broadcasted" } });
  const emissions = await legacy.emissions();
  expect(emissions.map(({ event, data }) => [event, data["qr"]])).toEqual([["qr.code", "test-qr:sales"]]);
});
