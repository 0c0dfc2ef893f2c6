import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import * as configRoute from "../../app/api/whatsapp/config/route.ts";
import { createTestDatabase } from "../../../../../testing/database.ts";
import { startLegacyForTests, type Answer, type LegacyForTests, type Person } from "../../testing/legacy-for-tests.ts";
import { ADMIN, insertPeople, STRANGER } from "../../testing/people.ts";

let legacy: LegacyForTests;

beforeAll(async () => {
  legacy = await startLegacyForTests(await createTestDatabase("whatsapp"));
});
beforeEach(async () => {
  await insertPeople(legacy.db);
  const data = [
    { sessionId: "one", tenantId: "t1", sendSecret: "x" },
    { sessionId: "two", tenantId: "t1", sendSecret: "x" },
    { sessionId: "theirs", tenantId: "t2", sendSecret: "x" },
  ];
  await legacy.db.whatsAppSession.createMany({ data });
});
afterEach(() => legacy.db.tenant.deleteMany());
afterAll(() => legacy.stop());

const call = (method: "POST" | "PATCH", body: unknown, as: Person = ADMIN): Promise<Answer> =>
  legacy.call(configRoute, { as, method, path: "/api/whatsapp/config", body });

const DEFAULTS = {
  routingRule: "FLOWBOT_FIRST",
  autoReplyEnabled: false,
  autoReplyMessage: null,
  businessHoursEnabled: false,
  businessHoursStart: null,
  businessHoursEnd: null,
  businessHoursTimezone: null,
  awayMessage: null,
};

test("what is given is stored, what is absent kept, and null clears", async () => {
  const hours = { businessHoursEnabled: true, businessHoursStart: "09:00", businessHoursEnd: "17:30:00", businessHoursTimezone: "America/Bogota" };
  const first = await call("POST", { sessionId: "one", config: { ...hours, awayMessage: " we are out " } });
  expect(first).toEqual({ status: 200, body: { success: true, config: { ...DEFAULTS, ...hours, awayMessage: " we are out " } } });
  const second = await call("POST", { sessionId: "one", config: { awayMessage: null, routingRule: "MANUAL", other: 1 } });
  expect(second.body["config"]).toEqual({ ...DEFAULTS, ...hours, routingRule: "MANUAL" });
});

test("every bad key is named as a part of config", async () => {
  const config = {
    routingRule: null,
    autoReplyEnabled: "yes",
    autoReplyMessage: "",
    businessHoursStart: "24:00",
    businessHoursEnd: "9:00",
    businessHoursTimezone: "Mars/Olympus",
    awayMessage: "x".repeat(4_097),
  };
  const details = Object.keys(config).map((key) => `config.${key} is invalid`);
  expect(await call("POST", { sessionId: "one", config })).toEqual({ status: 400, body: { error: details[0], details } });
  expect(await call("POST", { sessionId: "one" })).toEqual({ status: 400, body: { error: "config is required" } });
  expect(await call("POST", { sessionId: "one", config: [] })).toEqual({ status: 400, body: { error: "config is invalid" } });
  expect(await legacy.db.whatsAppSessionConfig.count()).toBe(0);
});

test.each(["+05:00", "UTC+1", "", "x".repeat(65)])("%j is no time zone", async (businessHoursTimezone) => {
  const answer = await call("POST", { sessionId: "one", config: { businessHoursTimezone } });
  expect(answer.body).toEqual({ error: "config.businessHoursTimezone is invalid" });
});

test("a rule for all sessions reaches those of the caller's tenant, with or without a row", async () => {
  await call("POST", { sessionId: "one", config: { autoReplyEnabled: true } });
  expect(await call("PATCH", { sessionId: "all", routingRule: "USER_ONLY" })).toEqual({
    status: 200,
    body: { success: true, config: { routingRule: "USER_ONLY" } },
  });
  const rows = await legacy.db.whatsAppSessionConfig.findMany({ orderBy: { sessionId: "asc" } });
  expect(rows.map(({ sessionId, routingRule, autoReplyEnabled }) => [sessionId, routingRule, autoReplyEnabled])).toEqual([
    ["one", "USER_ONLY", true],
    ["two", "USER_ONLY", false],
  ]);
});

test("a rule for one session answers what that session does now", async () => {
  expect(await call("PATCH", { sessionId: "two", routingRule: "MANUAL", tenantId: "t1" })).toEqual({
    status: 200,
    body: { success: true, config: { sessionId: "two", routingRule: "MANUAL", autoReplyEnabled: false } },
  });
});

test("another tenant's sessions are unknown, and its name is refused", async () => {
  const notFound = { status: 404, body: { error: "Session not found or access denied" } };
  expect(await call("POST", { sessionId: "theirs", config: {} })).toEqual(notFound);
  expect(await call("PATCH", { sessionId: "one", routingRule: "MANUAL" }, STRANGER)).toEqual(notFound);
  expect(await call("PATCH", { sessionId: "all", routingRule: "MANUAL", tenantId: "t2" })).toEqual({ status: 403, body: { error: "Forbidden" } });
  expect(await call("PATCH", {})).toEqual({
    status: 400,
    body: { error: "sessionId is required", details: ["sessionId is required", "routingRule is required"] },
  });
  expect(await legacy.db.whatsAppSessionConfig.count()).toBe(0);
});
