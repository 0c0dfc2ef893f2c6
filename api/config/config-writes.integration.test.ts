import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { configSaved, DEFAULT_SESSION_CONFIG, routingSaved } from "@ipnuo/domain/session";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { databaseState } from "../testing/database-state.ts";
import { emittedBy, UNREACHABLE_BROKER } from "../testing/emitted.ts";
import { expectExactly } from "../testing/expect-exactly.ts";
import { seedSession, seedTenants } from "../testing/seed.ts";
import { startTestApi, type TestApi } from "../testing/test-api.ts";

const CONFIG = "/api/whatsapp/config";
const WHOLE = {
  routingRule: "USER_FIRST",
  autoReplyEnabled: true,
  autoReplyMessage: " Hello ",
  businessHoursEnabled: true,
  businessHoursStart: "08:00",
  businessHoursEnd: "17:30:59",
  businessHoursTimezone: "America/Lima",
  awayMessage: "Away",
} as const;

let db: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  api = await startTestApi(db.url, {}, { realtime: UNREACHABLE_BROKER });
  await seedTenants(api.database);
});
afterAll(async () => {
  await api.close();
  await db.drop();
});
beforeEach(async () => {
  await api.database.whatsAppSession.deleteMany();
  for (const sessionId of ["s1", "s2"]) await seedSession(api.database, { sessionId });
  await seedSession(api.database, { sessionId: "foreign", tenantId: "t2" });
});

const set = (config: unknown, sessionId: unknown = "s1") => api.post(CONFIG, { sessionId, config });
const patch = (body: unknown) => api.post(CONFIG, body, { method: "PATCH" });
const rules = async () =>
  Object.fromEntries((await api.database.whatsAppSessionConfig.findMany()).map(({ sessionId, routingRule }) => [sessionId, routingRule]));

async function expectRefusal(response: Response, status: number, body: string): Promise<void> {
  expect(await response.text()).toBe(body);
  expect(response.status).toBe(status);
}

describe("POST config", () => {
  it("stores and returns every key, keeps what is absent, clears what is null", async () => {
    expect((await expectExactly(configSaved, await set(WHOLE))).config).toEqual(WHOLE);
    expect((await expectExactly(configSaved, await set({ autoReplyEnabled: false, businessHoursEnd: null, awayMessage: null }))).config).toEqual({
      ...WHOLE,
      autoReplyEnabled: false,
      businessHoursEnd: null,
      awayMessage: null,
    });
    expect(await (await api.get(`${CONFIG}?sessionId=s1`)).json()).toMatchObject({
      config: { businessHoursTimezone: "America/Lima", awayMessage: null },
    });
  });

  it("makes the row with defaults when there is none, also of two at once", async () => {
    const replies = await Promise.all([set({}), set({}), set({})]);
    for (const reply of replies) expect((await expectExactly(configSaved, reply)).config).toEqual(DEFAULT_SESSION_CONFIG);
    expect(await api.database.whatsAppSessionConfig.count()).toBe(1);
  });

  it("tells nobody", async () => {
    expect(await emittedBy(api.database, () => set(WHOLE))).toEqual([]);
  });

  it.each<[object, string]>([
    [{ routingRule: "ALWAYS" }, "routingRule"],
    [{ routingRule: null }, "routingRule"],
    [{ autoReplyEnabled: "true" }, "autoReplyEnabled"],
    [{ autoReplyEnabled: null }, "autoReplyEnabled"],
    [{ autoReplyMessage: "" }, "autoReplyMessage"],
    [{ autoReplyMessage: "x".repeat(4_097) }, "autoReplyMessage"],
    [{ awayMessage: "a\0b" }, "awayMessage"],
    [{ businessHoursStart: "24:00" }, "businessHoursStart"],
    [{ businessHoursStart: "8:00" }, "businessHoursStart"],
    [{ businessHoursEnd: "08:60" }, "businessHoursEnd"],
    [{ businessHoursTimezone: "Mars/Base" }, "businessHoursTimezone"],
    [{ businessHoursTimezone: "+05:00" }, "businessHoursTimezone"],
    [{ businessHoursTimezone: "" }, "businessHoursTimezone"],
  ])("%j is refused by its name", async (config, key) => {
    const before = await databaseState(api.database);
    await expectRefusal(await set(config), 400, JSON.stringify({ error: `config.${key} is invalid` }));
    expect(await databaseState(api.database)).toEqual(before);
  });

  it.each([
    [{}, ["sessionId is required", "config is required"]],
    [{ sessionId: "s1", config: null }, ["config is required"]],
    [{ sessionId: "s1", config: [] }, ["config is invalid"]],
    [{ sessionId: "s1", config: "x" }, ["config is invalid"]],
    [
      { sessionId: 1, config: { routingRule: 1, awayMessage: 2 } },
      ["sessionId is invalid", "config.routingRule is invalid", "config.awayMessage is invalid"],
    ],
  ])("%j names what is wrong", async (body, problems) => {
    const [error] = problems;
    await expectRefusal(await api.post(CONFIG, body), 400, JSON.stringify(problems.length > 1 ? { error, details: problems } : { error }));
  });

  it("of another tenant's session, nobody's, or `all` is not found", async () => {
    const before = await databaseState(api.database);
    for (const sessionId of ["foreign", "nobody", "all"])
      await expectRefusal(await set(WHOLE, sessionId), 404, '{"error":"Session not found or access denied"}');
    expect(await databaseState(api.database)).toEqual(before);
  });
});

describe("PATCH config", () => {
  it("changes the rule of one session", async () => {
    await set(WHOLE);
    const reply = await expectExactly(routingSaved, await patch({ sessionId: "s1", routingRule: "MANUAL", tenantId: "t1" }));
    expect(reply).toEqual({ success: true, config: { sessionId: "s1", routingRule: "MANUAL", autoReplyEnabled: true } });
    expect(await rules()).toEqual({ s1: "MANUAL" });
  });

  it("of all changes every session of the caller's tenant, with and without a row, and no other", async () => {
    await set(WHOLE);
    const reply = await expectExactly(routingSaved, await patch({ sessionId: "all", routingRule: "USER_ONLY", tenantId: null }));
    expect(reply).toEqual({ success: true, config: { routingRule: "USER_ONLY" } });
    expect(await rules()).toEqual({ s1: "USER_ONLY", s2: "USER_ONLY" });
  });

  it.each([
    [{ sessionId: "foreign", routingRule: "MANUAL" }, 404, '{"error":"Session not found or access denied"}'],
    [{ sessionId: "foreign", routingRule: "MANUAL", tenantId: "t2" }, 404, '{"error":"Session not found or access denied"}'],
    [{ sessionId: "s1", routingRule: "MANUAL", tenantId: "t2" }, 403, '{"error":"Forbidden"}'],
    [{ sessionId: "all", routingRule: "MANUAL", tenantId: "t2" }, 403, '{"error":"Forbidden"}'],
    [{ sessionId: "all" }, 400, '{"error":"routingRule is required"}'],
    [{ sessionId: "all", routingRule: "manual" }, 400, '{"error":"routingRule is invalid"}'],
    [{ sessionId: "s1", routingRule: "MANUAL", tenantId: 1 }, 400, '{"error":"tenantId is invalid"}'],
  ])("%j is refused and changes nothing", async (body, status, text) => {
    const before = await databaseState(api.database);
    await expectRefusal(await patch(body), status, text);
    expect(await databaseState(api.database)).toEqual(before);
  });
});
