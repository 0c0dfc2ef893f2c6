import { afterEach, beforeEach, expect, it } from "vitest";
import { runFaithfully } from "../demo/realtime/testing/faithful-run.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase("parallax");
});
afterEach(() => database.drop());

const SHORT = { facts: 500, lanes: 10, seed: 1, windowMs: 8_000, isHurried: true };
const EQUAL = { lost: 0, unexpected: 0, gaps: 0, firstUnexpected: undefined };
const NO_DRIFT = { drift: 0, missing: 0, extra: 0, duplicate: 0, raced: 0, pending: 0 };

it(
  "subscribers of two faithful systems hear every fact once and in its order, over restarts of the broker and of the tap",
  { timeout: 120_000 },
  async () => {
    const result = await runFaithfully({
      ...SHORT,
      mode: "dual-writer",
      storeUrl: database.url,
      disturbances: [["tap restart", "listener"], ["broker restart"]],
    });
    const { told, throughTap, direct, restless, ledger } = result;
    expect(direct).toEqual({ heard: told, ...EQUAL });
    expect(throughTap).toEqual({ heard: told, ...EQUAL });
    expect(restless).toMatchObject({ unexpected: 0, firstUnexpected: undefined });
    expect(result.heardFrom.legacy + result.heardFrom.nest).toBe(told);
    expect(Math.min(result.heardFrom.legacy, result.heardFrom.nest)).toBeGreaterThan(told / 3);
    expect(Math.min(...Object.values(result.failedCalls))).toBeGreaterThan(0);
    expect(result.drifts).toEqual([]);
    expect(ledger).toMatchObject(NO_DRIFT);
    expect(2 * ledger.matched + ledger.shed).toBe(2 * told);
    expect(ledger.matched).toBeGreaterThan(told * 0.8);
  },
);

it("where each fact is told by one system, all of it goes on, whoever told it", { timeout: 120_000 }, async () => {
  const { told, throughTap, direct, ledger, drifts } = await runFaithfully({
    ...SHORT,
    mode: "single-writer",
    storeUrl: database.url,
    disturbances: [["broker restart"], ["tap restart"]],
  });
  expect(direct).toEqual({ heard: told, ...EQUAL });
  expect(throughTap).toEqual({ heard: told, ...EQUAL });
  expect(ledger).toMatchObject({ captured: told, drift: 0, missing: 0, extra: 0, duplicate: 0 });
  expect(drifts).toEqual([]);
});
