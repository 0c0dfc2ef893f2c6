import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { createWhatsappClient } from "../../prisma/clients.ts";
import type { Database } from "../runtime/tokens.ts";
import { seedContact, seedSession, seedTenants } from "../testing/seed.ts";
import { startTestApi, type TestApi } from "../testing/test-api.ts";
import { startTestBroker, type TestBroker } from "../testing/test-broker.ts";

const CHANNEL = "private-whatsapp.s1";
const PATIENCE = { timeout: 15_000, interval: 25 };

let db: TestDatabase;
let api: TestApi;
let broker: TestBroker;
const started: TestApi[] = [];

beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  broker = await startTestBroker();
  api = await startTestApi(db.url, {}, { realtime: broker.realtime });
  await seedTenants(api.database);
  for (const sessionId of ["s1", "s2"]) await seedSession(api.database, { sessionId });
});
beforeEach(async () => {
  await settled();
  broker.received.length = 0;
  broker.answerWith = () => 200;
});
afterEach(async () => {
  broker.answerWith = () => 200;
  for (const each of started.splice(0)) await each.close();
});
afterAll(async () => {
  await api.close();
  await broker.close();
  await db.drop();
});

const waiting = () => api.database.realtimeOutbox.count();
/** The outbox is empty: whatever was committed has been broadcast. */
async function settled(): Promise<void> {
  await expect.poll(waiting, PATIENCE).toBe(0);
}
const testQr = (on: TestApi, sessionId = "s1", requestId = "r1") =>
  on.post("/api/whatsapp/test-qr", { sessionId }, { headers: { "x-request-id": requestId } });
const counted = async (on: TestApi, outcome: string) =>
  Number(new RegExp(`emissions_total\\{outcome="${outcome}"\\} (\\d+)`).exec(await (await on.get("/metrics")).text())?.[1]);

/** What a process left behind that died between commit and broadcast. */
const leave = (channel: string, numbers: readonly number[], database: Database = api.database) =>
  database.realtimeOutbox.createMany({
    data: numbers.map((number) => ({ tenantId: "t1", channel, event: "qr.code", data: { qr: `q${number}`, sessionId: "s1", tenantId: "t1" } })),
  });
const texts = () => broker.received.map(({ data }) => data["qr"]);

describe("an emission", () => {
  it("is broadcast after the commit, flat, with its time as a number, and leaves the outbox", async () => {
    const before = Date.now();
    expect((await testQr(api)).status).toBe(200);
    await settled();
    const [event] = broker.received;
    expect(broker.received).toHaveLength(1);
    expect(event).toMatchObject({ channel: CHANNEL, name: "qr.code" });
    const { timestamp, ...rest } = event?.data ?? {};
    expect(rest).toEqual({ qr: "test-qr:s1", sessionId: "s1", tenantId: "t1" });
    expect(timestamp).toBeTypeOf("number");
    expect(Number(timestamp)).toBeGreaterThanOrEqual(before);
    expect(event?.text.replace(/\d{13}/, "T")).toBe('{"qr":"test-qr:s1","sessionId":"s1","tenantId":"t1","timestamp":T}');
  });

  it("is logged with the request it came from, without its content", async () => {
    await testQr(api, "s1", "trace-1");
    await settled();
    const line = api.logLines.find((each) => each.includes("trace-1") && each.includes("emissions broadcast"));
    expect(JSON.parse(line ?? "{}")).toMatchObject({ requestId: "trace-1", events: ["qr.code"] });
    expect(api.logLines.join("")).not.toContain("test-qr:");
  });

  it("is logged with its own request, also when another one's broadcast took it along", async () => {
    const requests = Array.from({ length: 20 }, (_each, index) => `together-${index}-of-20`);
    await Promise.all(requests.map((requestId) => testQr(api, "s1", requestId)));
    await settled();
    const logged = api.logLines.flatMap((line) => {
      const { requestId, msg, events = [] } = JSON.parse(line) as { requestId?: string; msg: string; events?: string[] };
      return msg === "emissions broadcast" && requestId?.startsWith("together-") ? events.map(() => requestId) : [];
    });
    expect(logged.toSorted()).toEqual(requests.toSorted());
  });

  it("that no broker could take is dropped and counted, and fails no request", async () => {
    const refused = await counted(api, "refused");
    await api.database.user.create({ data: { id: "auth0|boss", tenantId: "t1", email: "boss@example.com", role: "admin" } });
    await api.database.user.create({ data: { id: "chief", tenantId: "t1", email: "chief@example.com", role: "admin" } });
    const [jid, userId] = ["15550100009@s.whatsapp.net", "chief"];
    await seedContact(api.database, { id: "wanted", jid, pn: jid, sessionId: "s1", sessionStatus: "OPEN", userId });
    expect((await api.post("/api/whatsapp/contacts/wanted/transfer/request")).status).toBe(200);
    await settled();
    expect(broker.received.map(({ channel, name }) => [channel, name])).toEqual([["private-user.chief", "transfer-request:new"]]);
    expect(await counted(api, "refused")).toBe(refused + 1);
  });

  it("of a request that is refused is none", async () => {
    expect((await testQr(api, "nobody")).status).toBe(404);
    await testQr(api);
    await settled();
    expect(texts()).toEqual(["test-qr:s1"]);
  });
});

describe("the order of a channel", () => {
  it("is the order of the rows, also over several calls to the broker", async () => {
    const numbers = Array.from({ length: 37 }, (_, index) => index);
    await leave(CHANNEL, numbers);
    await testQr(api);
    await settled();
    expect(texts()).toEqual([...numbers.map((number) => `q${number}`), "test-qr:s1"]);
  });

  it("holds while several replicas broadcast", async () => {
    started.push(await startTestApi(db.url, {}, { realtime: broker.realtime }), await startTestApi(db.url, {}, { realtime: broker.realtime }));
    for (let round = 0; round < 10; round += 1) {
      await leave(CHANNEL, [round * 3, round * 3 + 1, round * 3 + 2]);
      await Promise.all([api, ...started].map((each) => testQr(each)));
    }
    await settled();
    expect(texts().filter((text) => /^q\d/.test(String(text)))).toEqual(Array.from({ length: 30 }, (_, index) => `q${index}`));
    expect(broker.received).toHaveLength(60);
  });
});

describe("a broker that does not answer", () => {
  it.each<["silence" | 500 | 401]>([["silence"], [500], [401]])(
    "neither fails nor delays a request (%s); the drain broadcasts later, once",
    async (answer) => {
      broker.answerWith = () => answer;
      const deferred = await counted(api, "deferred");
      const startedAt = performance.now();
      expect((await testQr(api)).status).toBe(200);
      expect(performance.now() - startedAt).toBeLessThan(1_500);
      await expect.poll(() => counted(api, "deferred"), PATIENCE).toBeGreaterThan(deferred);
      expect(await waiting()).toBe(1);
      broker.answerWith = () => 200;
      await settled();
      expect(texts()).toEqual(["test-qr:s1"]);
    },
  );

  it("is tried three times in two seconds, then left alone", async () => {
    broker.answerWith = () => 503;
    const calls = broker.calls();
    const deferred = await counted(api, "deferred");
    await testQr(api);
    await expect.poll(() => counted(api, "deferred"), PATIENCE).toBe(deferred + 1);
    expect(broker.calls() - calls).toBe(3);
    broker.answerWith = () => 200;
    await settled();
  });

  it("on one channel does not hold up another", async () => {
    broker.answerWith = (events) => (events[0]?.channel === CHANNEL ? "silence" : 200);
    await testQr(api, "s1");
    await testQr(api, "s2");
    await expect.poll(texts, PATIENCE).toEqual(["test-qr:s2"]);
    broker.answerWith = () => 200;
    await settled();
  });
});

describe("an event the broker refuses", () => {
  it("is dropped and counted, and the ones around it are broadcast in order", async () => {
    broker.answerWith = (events) => (events.some(({ data }) => data["qr"] === "q1") ? 413 : 200);
    const refused = await counted(api, "refused");
    await leave(CHANNEL, [0, 1, 2]);
    await testQr(api);
    await settled();
    expect(texts()).toEqual(["q0", "q2", "test-qr:s1"]);
    expect(await counted(api, "refused")).toBe(refused + 1);
  });
});

describe("what a dead process left", () => {
  let other: TestDatabase;
  let database: Database;
  beforeEach(async () => {
    other = await createTestDatabase("whatsapp");
    database = createWhatsappClient({ url: other.url, poolMax: 1, connectTimeoutMs: 5_000, applicationName: "test" });
  });
  afterEach(async () => {
    await database.$disconnect();
    await other.drop();
  });

  it("is broadcast by the next one when it starts, but for what is a day old", async () => {
    await leave(CHANNEL, [1], database);
    await database.realtimeOutbox.updateMany({ data: { createdAt: new Date(Date.now() - 25 * 3_600_000) } });
    await leave(CHANNEL, [2, 3], database);
    const next = await startTestApi(other.url, {}, { realtime: broker.realtime });
    await expect.poll(texts, PATIENCE).toEqual(["q2", "q3"]);
    await expect.poll(() => database.realtimeOutbox.count(), PATIENCE).toBe(0);
    expect(await counted(next, "expired")).toBe(1);
    await next.close();
  });
});

describe("without a broker", () => {
  it("a write happens, its emissions are counted and skipped", async () => {
    const silent = await startTestApi(db.url);
    started.push(silent);
    expect((await silent.post("/api/whatsapp/connect", { sessionId: "s2" })).status).toBe(200);
    expect(await waiting()).toBe(0);
    expect(await counted(silent, "skipped")).toBe(1);
  });

  it("the test QR is 503", async () => {
    const silent = await startTestApi(db.url);
    started.push(silent);
    const response = await testQr(silent);
    expect(response.status).toBe(503);
    expect(await response.text()).toBe('{"error":"Realtime not configured"}');
    expect((await testQr(silent, "nobody")).status).toBe(404);
  });
});
