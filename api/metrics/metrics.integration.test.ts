import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { seedTenants } from "../testing/seed.ts";
import { startTestApi, type TestApi } from "../testing/test-api.ts";

let db: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  api = await startTestApi(db.url);
  await seedTenants(api.database);
});
afterAll(async () => {
  await api.close();
  await db.drop();
});

it("GET /metrics counts requests by endpoint and status, and nothing a client may choose", async () => {
  await api.get("/api/whatsapp/sessions");
  await api.get("/api/v1/whatsapp/sessions", { token: null });
  await api.get("/secret-path?token=1");
  const response = await api.get("/metrics", { token: null });
  expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  for (const labels of ['endpoint="sessions.list",status="200"', 'endpoint="sessions.list",status="401"', 'endpoint="none",status="404"']) {
    expect(text).toContain(`parallax_api_request_duration_seconds_count{${labels}} 1`);
  }
  expect(text).toContain('parallax_api_emissions_total{outcome="broadcast"} 0');
  expect(text).not.toContain("secret-path");
});
