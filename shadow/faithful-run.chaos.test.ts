import { afterAll, beforeAll, expect, it } from "vitest";
import { runFaithfully } from "../demo/realtime/testing/faithful-run.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase("parallax");
});
afterAll(() => database.drop());

const EQUAL = { lost: 0, unexpected: 0, gaps: 0, firstUnexpected: undefined };

it("10,000 mixed facts of a faithful pair show no drift, and subscribers hear each as if there were no tap", { timeout: 600_000 }, async () => {
  const result = await runFaithfully({
    mode: "dual-writer",
    facts: 10_000,
    lanes: 20,
    seed: 7,
    storeUrl: database.url,
    windowMs: 30_000,
    isHurried: true,
    disturbances: [
      ["listener", "tap restart", "listener", "network drop", "listener"],
      ["listener", "broker restart", "listener", "tap restart", "listener"],
    ],
  });
  const { told, throughTap, direct, ledger } = result;
  expect(told).toBeGreaterThan(10_000);
  expect(direct).toEqual({ heard: told, ...EQUAL });
  expect(throughTap).toEqual({ heard: told, ...EQUAL });
  expect(result.restless).toMatchObject({ unexpected: 0, firstUnexpected: undefined });
  expect(Math.min(...Object.values(result.failedCalls))).toBeGreaterThan(0);
  expect(result.drifts).toEqual([]);
  expect(ledger).toMatchObject({ drift: 0, missing: 0, extra: 0, duplicate: 0, raced: 0, pending: 0 });
  expect(2 * ledger.matched + ledger.shed).toBeGreaterThanOrEqual(2 * told);
  expect(ledger.matched).toBeGreaterThan(told * 0.9);
});
