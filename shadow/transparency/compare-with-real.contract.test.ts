import { afterAll, beforeAll, expect, it } from "vitest";
import { seedDemo } from "../../demo/seed/seed.ts";
import { createOperators } from "../../demo/traffic/operators.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { startSystem, type RunningSystem } from "../../testing/systems.ts";
import { startShadow, type ShadowForTests } from "../testing/start-shadow.ts";
import { compareWithReal } from "./compare-with-real.ts";

/** The real legacy app, read directly and through the proxy. */

const AUTH_SECRET = "a secret for the transparency of legacy";
const PATHS = ["/api/whatsapp/sessions", "/api/whatsapp/contacts?limit=5", "/admin", "/login", "/api/whatsapp/nothing-here"];

let database: TestDatabase;
let legacy: RunningSystem;
let shadow: ShadowForTests;

beforeAll(async () => {
  database = await createTestDatabase("whatsapp");
  await seedDemo({ url: database.url, now: new Date() });
  legacy = await startSystem("legacy", { databaseUrl: database.url, authSecret: AUTH_SECRET });
  const storeUrl = (): Promise<string> => Promise.reject(new Error("no store in this test"));
  shadow = await startShadow({ legacyUrl: legacy.baseUrl, candidateUrl: legacy.baseUrl, storeUrl, yaml: "extends: whatsapp" });
});
afterAll(async () => {
  await shadow.stop();
  await legacy.stop();
  await database.drop();
});

it("the legacy app cannot be told from itself through the proxy, but for what the table explains", async () => {
  const [operator] = await createOperators(AUTH_SECRET, new Date());
  const token = operator?.headers["authorization"]?.replace("Bearer ", "") ?? "none";
  const answer = await fetch(`${legacy.baseUrl}${PATHS[0]}`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(200);
  const results = await compareWithReal({ legacyUrl: legacy.baseUrl, proxyUrl: shadow.url, paths: PATHS, host: new URL(legacy.baseUrl).host, token });
  expect(results.filter(({ outcome }) => outcome !== "ok" && outcome !== "on purpose")).toEqual([]);
  expect(results.length).toBeGreaterThan(100);
});
