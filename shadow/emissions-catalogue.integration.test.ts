import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { startShadow, type ShadowForTests } from "./testing/start-shadow.ts";
import type { Report } from "./core/summary/report.ts";
import { createEmitter, LEGACY_APP, NEST_APP } from "./testing/emitters.ts";

type Emission = {
  readonly delayMs: number;
  readonly channel: string;
  readonly event: string;
  readonly data: Record<string, unknown>;
  readonly socketId?: string;
};
type Scenario = {
  readonly id: string;
  readonly title: string;
  readonly legacy: readonly Emission[];
  readonly nest: readonly Emission[];
  readonly expect: { readonly drifts: readonly { readonly kind: string; readonly event: string; readonly path?: string }[] };
};

const { emissions } = JSON.parse(readFileSync(join(PACKAGE_ROOT, "testing", "drift-catalogue.json"), "utf8")) as { emissions: Scenario[] };

/** Longer than the latest emission of the catalogue. */
const WINDOW_MS = 14_000;

let database: TestDatabase;
let shadow: ShadowForTests;
let report: Report;

/** Events of one scenario are named after it, so that its drifts and its ledger are its own. */
const named = ({ id }: Scenario, event: string): string => `${id}.${event}`;

beforeAll(async () => {
  database = await createTestDatabase("parallax");
  const keys: Record<string, string[]> = {
    "message.received": ["sessionId", "messageId"],
    "message.status": ["sessionId", "messageId", "status"],
    "connection.update": ["sessionId", "status"],
    "contact.updated": ["sessionId", "jid"],
  };
  const events = emissions.flatMap((scenario) => Object.entries(keys).map(([event, key]) => [named(scenario, event), { key }] as const));
  const yaml = JSON.stringify({ emissions: { mode: "dual-writer", windowMs: WINDOW_MS, lateMs: 5_000, events: Object.fromEntries(events) } });
  shadow = await startShadow({
    legacyUrl: "http://127.0.0.1:9",
    candidateUrl: "http://127.0.0.1:9",
    storeUrl: database.url,
    yaml,
    tap: { port: 0, apps: { legacy: LEGACY_APP, nest: NEST_APP }, target: undefined },
  });
  const emitters = { legacy: createEmitter(LEGACY_APP, shadow.tapPort), nest: createEmitter(NEST_APP, shadow.tapPort) };
  const startedMs = Date.now();
  /** As a system does: one after the other, each at its time. */
  const play = async (scenario: Scenario, side: "legacy" | "nest"): Promise<void> => {
    for (const { delayMs, channel, event, data, socketId } of scenario[side]) {
      await sleep(Math.max(0, startedMs + delayMs - Date.now())); // the scenario's own time
      await emitters[side].trigger(channel, named(scenario, event), data, socketId === undefined ? {} : { socket_id: socketId });
    }
  };
  await Promise.all(emissions.flatMap((scenario) => [play(scenario, "legacy"), play(scenario, "nest")]));
  const deadlineMs = Date.now() + 2 * WINDOW_MS;
  do {
    await sleep(250);
    report = await shadow.summary();
  } while (report.emissions.some(({ ledger }) => ledger.pending > 0) && Date.now() < deadlineMs);
}, 60_000);

afterAll(async () => {
  await shadow.stop();
  await database.drop();
});

describe("the drift catalogue of emissions, through the tap", () => {
  it.each(emissions.map((scenario) => [scenario.id, scenario.title, scenario] as const))("%s: %s", (id, _title, scenario) => {
    const found = report.drifts.filter(({ endpoint, subject }) => subject === "emission" && endpoint.startsWith(`${id}.`));
    const expected = scenario.expect.drifts.map(({ kind, event, path }) => `${kind} ${named(scenario, event)} ${path ?? defaultPath(kind)}`);
    expect(found.map(({ kind, endpoint, path }) => `${kind} ${endpoint} ${path}`).toSorted()).toEqual(expected.toSorted());
    expect(found.map(({ count }) => count)).toEqual(found.map(() => 1));
    for (const { ledger } of report.emissions.filter(({ event }) => event.startsWith(`${id}.`))) {
      const { captured, ...others } = ledger;
      expect(captured).toBe(Object.values(others).reduce((sum, count) => sum + count, 0));
    }
  });

  it("counts every fact once", () => {
    const facts = (id: string): number =>
      report.emissions.filter(({ event }) => event.startsWith(`${id}.`)).reduce((sum, { ledger }) => sum + ledger.captured, 0);
    expect(["E01", "E11", "E12", "NE05"].map(facts)).toEqual([2, 3, 2, 4]);
  });
});

function defaultPath(kind: string): string {
  return kind === "channel" ? "@channel" : "@emission";
}
