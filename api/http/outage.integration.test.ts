import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { seedTenants } from "../testing/seed.ts";
import { startTestApi, type TestApi } from "../testing/test-api.ts";

const READS = [
  "/api/whatsapp/sessions",
  "/api/whatsapp/status?sessionId=s",
  "/api/admin/whatsapp",
  "/api/whatsapp/contacts",
  "/api/whatsapp/messages",
  "/api/whatsapp/chat-messages?contactId=c",
  "/api/whatsapp/analytics?sessionId=s",
  "/api/whatsapp/config?sessionId=s",
];

let db: TestDatabase;
let api: TestApi | undefined;
beforeEach(async () => {
  db = await createTestDatabase("whatsapp");
});
afterEach(async () => {
  await api?.close();
  await db.drop();
});

async function expectUnavailable(response: Response): Promise<void> {
  expect(await response.text()).toBe('{"error":"Service unavailable","details":"r1"}');
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("5");
  expect(response.headers.get("content-type")).toBe("application/json");
}

const headers = { "x-request-id": "r1" };

describe("503, never an empty list", () => {
  it("when the database goes away under a running service", async () => {
    api = await startTestApi(db.url);
    expect((await api.get("/api/whatsapp/sessions")).status).toBe(200);
    await db.drop();
    for (const path of READS) await expectUnavailable(await api.get(path, { headers }));
    expect((await api.get("/healthz")).status).toBe(200);
    const ready = await api.get("/readyz");
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({ status: "unavailable", reasons: ["database is unreachable"] });
  });

  it("when the database was never there", async () => {
    api = await startTestApi("postgresql://nobody:nothing@127.0.0.1:1/none");
    await expectUnavailable(await api.get("/api/whatsapp/contacts", { headers }));
    expect((await api.get("/readyz", { token: null })).status).toBe(503);
  });

  it("when the handler's deadline passes", async () => {
    api = await startTestApi(db.url, { deadlineMs: 300 });
    const lock = new Client({ connectionString: db.url });
    await lock.connect();
    await lock.query("begin; lock table whatsapp_sessions in access exclusive mode");
    await expectUnavailable(await api.get("/api/whatsapp/sessions", { headers }));
    await lock.end();
    expect((await api.get("/api/whatsapp/sessions")).status).toBe(200);
  });

  it("when no connection becomes free", async () => {
    api = await startTestApi(db.url, { connectTimeoutMs: 2_000 });
    const { get } = api;
    const lock = new Client({ connectionString: db.url });
    await lock.connect();
    await lock.query("begin; lock table whatsapp_sessions in access exclusive mode");
    const holding = Array.from({ length: 20 }, () => get("/api/whatsapp/sessions/health"));
    await expect.poll(async () => (await lock.query("select 1 from pg_locks where not granted")).rowCount, { timeout: 5_000 }).toBe(20);
    await expectUnavailable(await get("/api/whatsapp/status?sessionId=s", { headers }));
    await lock.end();
    expect((await Promise.all(holding)).map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  });
});

describe("500", () => {
  it("says what failed and under which id, and nothing from inside", async () => {
    api = await startTestApi(db.url);
    await seedTenants(api.database);
    await api.database.$executeRawUnsafe("alter table whatsapp_sessions rename to elsewhere");
    const response = await api.get("/api/whatsapp/sessions", { headers });
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('{"error":"Failed to get sessions","details":"r1"}');
    const line = api.logLines.find((each) => each.includes('"level":"error"')) ?? "";
    expect(JSON.parse(line)).toMatchObject({ requestId: "r1", endpoint: "sessions.list", sqlState: "42P01", msg: "request failed" });
  });
});
