import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { analytics } from "@ipnuo/domain/analytics";
import { createTestDatabase, runAsAdmin, type TestDatabase } from "../../testing/database.ts";
import { countStatements } from "../testing/count-statements.ts";
import { expectExactly } from "../testing/expect-exactly.ts";
import { seedContact, seedMessage, seedSession, seedTenants } from "../testing/seed.ts";
import { startTestApi, tokenFor, type TestApi } from "../testing/test-api.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** 15:30 in UTC, while it is the next day in Tokyo. */
const NOW = Date.UTC(2026, 4, 20, 15, 30, 0, 250);

let db: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  // Buckets are UTC whatever the server and the process think of local time.
  await runAsAdmin(`alter database ${new URL(db.url).pathname.slice(1)} set timezone = 'Asia/Tokyo'`);
  process.env["TZ"] = "America/Lima";
  api = await startTestApi(db.url, { nowMs: () => NOW });
  await seedTenants(api.database);
  await seedSession(api.database, { sessionId: "s1" });
  await seedSession(api.database, { sessionId: "other" });
  await seedSession(api.database, { sessionId: "theirs", tenantId: "t2" });
});
afterAll(async () => {
  delete process.env["TZ"];
  await api.close();
  await db.drop();
});
beforeEach(async () => {
  await api.database.whatsAppMessage.deleteMany();
  await api.database.whatsAppContact.deleteMany();
});

let token: string;
beforeAll(async () => {
  token = await tokenFor({ role: "user", exp: Math.floor(NOW / 1_000) + 60 });
});

const read = async (query = "") => expectExactly(analytics, await api.get(`/api/whatsapp/analytics?sessionId=s1${query}`, { token }));
let serial = 0;
const write = (ageMs: number, data: object = {}) =>
  seedMessage(api.database, { id: `m${(serial += 1)}`, sessionId: "s1", timestamp: new Date(NOW - ageMs), ...data });

describe("GET analytics", () => {
  it("of a session without messages is zeros", async () => {
    const reply = await read();
    expect(reply).toMatchObject({
      success: true,
      totalMessages: 0,
      sentPercentage: 0,
      messagesChange: null,
      sentChange: null,
      receivedChange: null,
      avgResponseTime: null,
      statusBreakdown: [],
      peakHour: null,
      peakHourVolume: 0,
      timeRange: "7d",
      startDate: "2026-05-13T15:30:00.250Z",
      endDate: "2026-05-20T15:30:00.250Z",
    });
    expect(reply.timeline).toHaveLength(8);
    expect(reply.hourlyDistribution.map(({ hour }) => hour)).toEqual(Array.from({ length: 24 }, (_, hour) => hour));
  });

  it("counts one window against the one before", async () => {
    await write(0, { fromMe: true, status: "SENT" });
    await write(HOUR_MS, { fromMe: true, senderId: "whatsapp-system", status: "SENT" });
    await write(DAY_MS, { status: "READ" });
    await write(7 * DAY_MS, { status: "PENDING" });
    await write(7 * DAY_MS + 1, { fromMe: true });
    await write(14 * DAY_MS, {});
    await write(14 * DAY_MS + 1, {});
    await write(0, { sessionId: "other" });
    await seedContact(api.database, { id: "k1", jid: "15550100001@s.whatsapp.net", sessionId: "s1", lastMessageAt: new Date(NOW - 7 * DAY_MS) });
    await seedContact(api.database, { id: "k2", jid: "15550100002@s.whatsapp.net", sessionId: "s1", lastMessageAt: new Date(NOW - 7 * DAY_MS - 1) });
    await seedContact(api.database, { id: "k3", jid: "15550100003@s.whatsapp.net", sessionId: "other", lastMessageAt: new Date(NOW) });
    expect(await read()).toMatchObject({
      totalMessages: 4,
      sentMessages: 2,
      receivedMessages: 2,
      sentPercentage: 50,
      receivedPercentage: 50,
      messagesChange: 100,
      sentChange: 100,
      receivedChange: 100,
      activeContacts: 1,
      flowbotMessages: 1,
      flowbotPercentage: 25,
      statusBreakdown: [
        { status: "PENDING", count: 1, percentage: 25 },
        { status: "SENT", count: 2, percentage: 50 },
        { status: "READ", count: 1, percentage: 25 },
      ],
      peakHour: 15,
      peakHourVolume: 3,
    });
  });

  it("puts messages into UTC buckets, later ones into the last", async () => {
    const inHour = 30 * 60_000 + 250;
    await write(inHour); // 15:00:00.000
    await write(inHour + 1); // 14:59:59.999
    await write(-5 * DAY_MS, { fromMe: true });
    const { timeline, totalMessages } = await read("&timeRange=24h");
    expect(totalMessages).toBe(3);
    expect(timeline).toHaveLength(25);
    expect(timeline[0]?.iso).toBe("2026-05-19T15:00:00.000Z");
    expect(timeline.slice(-2)).toEqual([
      { iso: "2026-05-20T14:00:00.000Z", sent: 0, received: 1, total: 1 },
      { iso: "2026-05-20T15:00:00.000Z", sent: 1, received: 1, total: 2 },
    ]);
    expect(timeline.reduce((sum, { total }) => sum + total, 0)).toBe(3);
  });

  it.each([
    ["24h", 25, "2026-05-19T15:00:00.000Z", "2026-05-19T15:30:00.250Z"],
    ["7d", 8, "2026-05-13T00:00:00.000Z", "2026-05-13T15:30:00.250Z"],
    ["30d", 31, "2026-04-20T00:00:00.000Z", "2026-04-20T15:30:00.250Z"],
    ["90d", 91, "2026-02-19T00:00:00.000Z", "2026-02-19T15:30:00.250Z"],
    ["1 year", 8, "2026-05-13T00:00:00.000Z", "2026-05-13T15:30:00.250Z"],
    ["constructor", 8, "2026-05-13T00:00:00.000Z", "2026-05-13T15:30:00.250Z"],
  ])("over %s has %i buckets", async (timeRange, buckets, iso, startDate) => {
    const reply = await read(`&timeRange=${encodeURIComponent(timeRange)}`);
    expect(reply).toMatchObject({ timeRange, startDate });
    expect(reply.timeline).toHaveLength(buckets);
    expect(reply.timeline[0]?.iso).toBe(iso);
    expect(reply.timeline.at(-1)?.iso.slice(0, 10)).toBe("2026-05-20");
  });

  it("takes one statement", async () => {
    for (let index = 0; index < 20; index += 1) await write(index * HOUR_MS);
    expect(await countStatements(() => read("&timeRange=90d"))).toBe(1);
  });

  it.each(["theirs", "unknown"])("of %s is 404", async (sessionId) => {
    const response = await api.get(`/api/whatsapp/analytics?sessionId=${sessionId}`, { token });
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('{"error":"Session not found or access denied"}');
  });
});
