import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Report } from "../shadow/core/summary/report.ts";
import { createOpsClient } from "./ops-client.ts";
import { startDemoForTests, type DemoForTests } from "./testing/demo-systems.ts";
import { startTraffic } from "./traffic/traffic.ts";

let demo: DemoForTests;

beforeAll(async () => {
  demo = await startDemoForTests({ isFaithful: true });
});
afterAll(async () => {
  await demo.stop();
});

const sumOf = (report: Report, counter: "eligible" | "candidateError" | "candidateTimeout" | "matched"): number =>
  report.endpoints.reduce((sum, { ledger }) => sum + ledger[counter], 0);

it("a candidate killed in the middle of traffic costs no client anything, and the ledger says what was lost", async () => {
  const { systems } = demo;
  const ops = createOpsClient(systems.urls.ops, systems.opsToken);
  const traffic = await startTraffic({ baseUrl: systems.urls.proxy, authSecret: systems.authSecret });
  await sleep(6_000);
  const before = traffic.summary();
  expect(sumOf(await ops.summary(), "matched")).toBeGreaterThan(0);
  process.kill(systems.pids["nest"] ?? 0, "SIGKILL");
  await sleep(8_000);
  const after = await traffic.stop();
  const report = await ops.settled(15_000);

  expect(demo.ended).toEqual(["nest"]);
  expect(after.requests).toBeGreaterThan(before.requests + 50);
  expect(after.failures).toBe(0);
  expect(after.unexpected).toBe(0);
  expect(sumOf(report, "candidateError")).toBeGreaterThan(0);
  for (const { ledger } of report.endpoints) {
    const { eligible, ...others } = ledger;
    expect(Object.values(others).reduce((sum, count) => sum + count, 0)).toBe(eligible);
  }
  expect(report.drifts).toEqual([]);
});
