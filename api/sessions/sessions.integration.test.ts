import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { session, sessionList, sessionStatusReply } from "@ipnuo/domain/session";
import { createTestDatabase, runAsAdmin, type TestDatabase } from "../../testing/database.ts";
import { countStatements } from "../testing/count-statements.ts";
import { expectExactly } from "../testing/expect-exactly.ts";
import { seedContact, seedMessage, seedSession, seedTenants } from "../testing/seed.ts";
import { startTestApi, tokenFor, type TestApi } from "../testing/test-api.ts";

let db: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  // Neither the server's time zone nor ours may matter: columns hold UTC.
  await runAsAdmin(`alter database ${new URL(db.url).pathname.slice(1)} set timezone = 'Asia/Tokyo'`);
  process.env["TZ"] = "America/Lima";
  api = await startTestApi(db.url);
  await seedTenants(api.database);
});
afterAll(async () => {
  delete process.env["TZ"];
  await api.close();
  await db.drop();
});
beforeEach(async () => {
  await api.database.whatsAppContact.deleteMany();
  await api.database.whatsAppSession.deleteMany();
});

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000);

describe("GET sessions", () => {
  it("shows every column, the configuration, the counts and the socket", async () => {
    const at = new Date("2026-03-04T05:06:07.089Z");
    await seedSession(api.database, {
      sessionId: "s1",
      name: "Front desk",
      phoneNumber: "15550100001",
      status: "CONNECTED",
      isActive: true,
      creds: { me: {} },
      lastSync: at,
      lastConnected: at,
      lastConnectionEventAt: at,
      qrUpdatedAt: at,
      reconnectAttempts: 2,
      lastDisconnectReason: "connection_lost",
      leaseExpiresAt: inSeconds(15),
      createdAt: at,
      updatedAt: at,
    });
    await api.database.whatsAppSessionConfig.create({
      data: { id: "c1", sessionId: "s1", routingRule: "USER_FIRST", businessHoursStart: "08:00", metadata: { a: 1 }, createdAt: at, updatedAt: at },
    });
    await seedContact(api.database, { id: "k1", jid: "15550100002@s.whatsapp.net", sessionId: "s1" });
    for (const id of ["m1", "m2"]) await seedMessage(api.database, { id, sessionId: "s1", timestamp: at });
    const { sessions, summary } = await expectExactly(sessionList, await api.get("/api/whatsapp/sessions"));
    const date = "2026-03-04T05:06:07.089Z";
    expect(summary).toEqual({ total: 1, connected: 1, qrRequired: 0, connecting: 0 });
    expect(sessions).toEqual([
      {
        id: "row-s1",
        sessionId: "s1",
        tenantId: "t1",
        name: "Front desk",
        phoneNumber: "15550100001",
        status: "CONNECTED",
        isActive: true,
        browserActive: false,
        lastSync: date,
        lastConnected: date,
        errorMessage: null,
        routingRule: "USER_FIRST",
        config: {
          id: "c1",
          sessionId: "s1",
          routingRule: "USER_FIRST",
          autoReplyEnabled: false,
          autoReplyMessage: null,
          businessHoursEnabled: false,
          businessHoursStart: "08:00",
          businessHoursEnd: null,
          businessHoursTimezone: null,
          awayMessage: null,
          metadata: { a: 1 },
          createdAt: date,
          updatedAt: date,
        },
        stats: { messages: 2, contacts: 1 },
        timestamps: { createdAt: date, updatedAt: date },
        runtime: {
          socket: {
            status: "connected",
            isActuallyConnected: true,
            socketExists: true,
            hasCredentials: true,
            lastConnectionEventAt: date,
            lastDisconnectReason: "connection_lost",
            lastQRCodeDetectedAt: date,
            reconnectAttempts: 2,
          },
        },
      },
    ]);
  });

  it("is a fresh session without a configuration row", async () => {
    await seedSession(api.database, { sessionId: "s1" });
    const { sessions } = await expectExactly(sessionList, await api.get("/api/whatsapp/sessions"));
    expect(sessions[0]).toMatchObject({ routingRule: "FLOWBOT_FIRST", config: null, stats: { messages: 0, contacts: 0 } });
    expect(sessions[0]?.runtime.socket).toMatchObject({ isActuallyConnected: false, socketExists: false, hasCredentials: false });
  });

  it.each([
    [-1, false],
    [5, true],
  ])("judges a lease that ends in %i s by the database's clock", async (seconds, isLive) => {
    await seedSession(api.database, { sessionId: "s1", status: "CONNECTED", isActive: true, leaseExpiresAt: inSeconds(seconds) });
    const { sessions } = await expectExactly(sessionList, await api.get("/api/whatsapp/sessions"));
    expect(sessions[0]?.runtime.socket).toMatchObject({ isActuallyConnected: isLive, socketExists: isLive });
  });

  it("is ordered by lastSync descending, then id, and counts disjoint statuses", async () => {
    const [early, late] = [new Date("2026-01-01T00:00:00Z"), new Date("2026-01-02T00:00:00Z")];
    await seedSession(api.database, { sessionId: "b", lastSync: early, status: "CONNECTING" });
    await seedSession(api.database, { sessionId: "c", lastSync: late, status: "QR_REQUIRED" });
    await seedSession(api.database, { sessionId: "a", lastSync: early, status: "ERROR" });
    const { sessions, summary } = await expectExactly(sessionList, await api.get("/api/whatsapp/sessions"));
    expect(sessions.map(({ sessionId }) => sessionId)).toEqual(["c", "a", "b"]);
    expect(summary).toEqual({ total: 3, connected: 0, qrRequired: 1, connecting: 1 });
  });

  it("shows the caller's tenant only, to a super_admin too", async () => {
    await seedSession(api.database, { sessionId: "mine" });
    await seedSession(api.database, { sessionId: "theirs", tenantId: "t2" });
    for (const role of ["user", "super_admin"]) {
      const { sessions } = await expectExactly(sessionList, await api.get("/api/whatsapp/sessions?tenantId=t2", { token: await tokenFor({ role }) }));
      expect(sessions.map(({ sessionId }) => sessionId)).toEqual(["mine"]);
    }
  });

  it("takes the same number of statements for one session and for thirty", async () => {
    await seedSession(api.database, { sessionId: "s0" });
    const one = await countStatements(() => api.get("/api/whatsapp/sessions"));
    for (let index = 1; index < 30; index += 1) await seedSession(api.database, { sessionId: `s${index}` });
    const thirty = await countStatements(() => api.get("/api/whatsapp/sessions"));
    expect([one, thirty]).toEqual([1, 1]);
  });

  it("never shows credentials or secrets", async () => {
    await seedSession(api.database, { sessionId: "s1", creds: { noise: "hidden-key" }, sendSecret: "hidden-secret", qrCode: "hidden-qr" });
    expect(await (await api.get("/api/whatsapp/sessions")).text()).not.toContain("hidden");
  });
});

describe("GET /api/admin/whatsapp", () => {
  it("is the same list, bare", async () => {
    await seedSession(api.database, { sessionId: "s1" });
    const [bare, full] = await Promise.all([
      expectExactly(z.array(session), await api.get("/api/admin/whatsapp")),
      expectExactly(sessionList, await api.get("/api/v1/whatsapp/sessions")),
    ]);
    expect(bare).toEqual(full.sessions);
    expect(bare).toHaveLength(1);
  });
});

describe("GET status", () => {
  const statusOf = async (sessionId: string) => expectExactly(sessionStatusReply, await api.get(`/api/whatsapp/status?sessionId=${sessionId}`));
  const FRESH = {
    status: "DISCONNECTED",
    qr: null,
    qrCode: null,
    pairingCode: null,
    socketStatus: "disconnected",
    isActive: false,
    errorMessage: null,
  };

  it.each(["unknown", "theirs"])("of %s is a fresh session", async (sessionId) => {
    await seedSession(api.database, { sessionId: "theirs", tenantId: "t2", status: "CONNECTED", isActive: true });
    expect(await statusOf(sessionId)).toEqual(FRESH);
  });

  it("shows the QR and the pairing code while they are asked for", async () => {
    await seedSession(api.database, {
      sessionId: "s1",
      status: "QR_REQUIRED",
      qrCode: "2@qr",
      pairingCode: "ABCD1234",
      qrUpdatedAt: inSeconds(-110),
    });
    expect(await statusOf("s1")).toEqual({
      ...FRESH,
      status: "QR_REQUIRED",
      qr: "2@qr",
      qrCode: "2@qr",
      pairingCode: "ABCD1234",
      socketStatus: "qr_required",
    });
  });

  it.each([
    ["older than 120 s", { status: "QR_REQUIRED", qrUpdatedAt: inSeconds(-121) }],
    ["of no known age", { status: "QR_REQUIRED", qrUpdatedAt: null }],
    ["in another status", { status: "CONNECTING", qrUpdatedAt: inSeconds(0) }],
  ] as const)("hides a code %s", async (_name, row) => {
    await seedSession(api.database, { sessionId: "s1", qrCode: "2@qr", pairingCode: "ABCD1234", ...row });
    expect(await statusOf("s1")).toMatchObject({ qr: null, qrCode: null, pairingCode: null });
  });

  it.each([
    ["CONNECTED", 10, "connected"],
    ["CONNECTED", -1, "disconnected"],
    ["CONNECTING", 10, "connecting"],
    ["ERROR", 10, "disconnected"],
    ["DISCONNECTED", 10, "disconnected"],
  ] as const)("of %s with a lease that ends in %i s has socket %s", async (status, seconds, socketStatus) => {
    await seedSession(api.database, { sessionId: "s1", status, leaseExpiresAt: inSeconds(seconds), errorMessage: "why" });
    expect(await statusOf("s1")).toMatchObject({ status, socketStatus, errorMessage: "why" });
  });
});
