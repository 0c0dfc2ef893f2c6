import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configReply, DEFAULT_SESSION_CONFIG } from "@ipnuo/domain/session";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { expectExactly } from "../testing/expect-exactly.ts";
import { seedSession, seedTenants } from "../testing/seed.ts";
import { startTestApi, tokenFor, type TestApi } from "../testing/test-api.ts";

let db: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  api = await startTestApi(db.url);
  await seedTenants(api.database);
  for (const sessionId of ["bare", "configured"]) await seedSession(api.database, { sessionId });
  await seedSession(api.database, { sessionId: "theirs", tenantId: "t2" });
  await api.database.whatsAppSessionConfig.create({
    data: {
      sessionId: "configured",
      routingRule: "MANUAL",
      autoReplyEnabled: true,
      autoReplyMessage: "hello",
      businessHoursEnabled: true,
      businessHoursStart: "08:00",
      businessHoursEnd: "17:30:00",
      businessHoursTimezone: "America/Lima",
      awayMessage: "later",
      metadata: { hidden: true },
    },
  });
});
afterAll(async () => {
  await api.close();
  await db.drop();
});

describe("GET config", () => {
  it("is exactly the eight keys", async () => {
    expect(await expectExactly(configReply, await api.get("/api/whatsapp/config?sessionId=configured"))).toEqual({
      config: {
        routingRule: "MANUAL",
        autoReplyEnabled: true,
        autoReplyMessage: "hello",
        businessHoursEnabled: true,
        businessHoursStart: "08:00",
        businessHoursEnd: "17:30:00",
        businessHoursTimezone: "America/Lima",
        awayMessage: "later",
      },
    });
  });

  it("is the defaults without a row", async () => {
    expect(await expectExactly(configReply, await api.get("/api/v1/whatsapp/config?sessionId=bare"))).toEqual({ config: DEFAULT_SESSION_CONFIG });
  });

  it.each(["unknown", "theirs"])("of %s is 404", async (sessionId) => {
    const response = await api.get(`/api/whatsapp/config?sessionId=${sessionId}`);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('{"error":"Session not found or access denied"}');
  });

  it("is for admins", async () => {
    expect((await api.get("/api/whatsapp/config?sessionId=bare", { token: await tokenFor({ role: "user" }) })).status).toBe(403);
  });
});
