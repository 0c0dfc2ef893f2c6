import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { createPlayer, ScriptClock, startUpstream, type Handler, type ResponseScript, type ScriptedUpstream } from "../testing/scripted-upstream.ts";
import { startShadow, type ShadowForTests } from "./testing/start-shadow.ts";
import type { Ledger, Report } from "./core/summary/report.ts";

type ExpectedDrift = { readonly kind: string; readonly path: string; readonly intermittent?: boolean };
type Call = { readonly method: string; readonly path: string; readonly headers?: Record<string, string> };
type Scenario = {
  readonly id: string;
  readonly title: string;
  readonly endpoint: { readonly id: string; readonly match: string; readonly family: string };
  readonly request: Call;
  readonly requests?: readonly Call[];
  readonly repeat?: number;
  readonly compare?: unknown;
  readonly legacy: ResponseScript;
  readonly candidate: ResponseScript;
  readonly expect: { readonly drifts: readonly ExpectedDrift[]; readonly mayAlso?: readonly ExpectedDrift[] };
  readonly expectVerdict?: keyof Ledger;
};

const { http } = JSON.parse(readFileSync(join(PACKAGE_ROOT, "testing", "drift-catalogue.json"), "utf8")) as { http: Scenario[] };

let database: TestDatabase;
let upstreams: ScriptedUpstream[];
let shadow: ShadowForTests;
let report: Report;

/** Every scenario has a prefix of its own, as path and as id. */
const prefixed = (scenario: Scenario, text: string): string => text.replace("/", `/${scenario.id}/`);

function play(side: "legacy" | "candidate"): Handler {
  const players = new Map(
    http.map((scenario) => [scenario.id, createPlayer(scenario[side], clocks.get(scenario.id) ?? new ScriptClock(), side === "legacy")]),
  );
  return (request, response) => {
    const [, id = ""] = (request.url ?? "").split("/");
    request.url = (request.url ?? "").slice(id.length + 1);
    players.get(id)?.(request, response);
  };
}

const clocks = new Map(http.map((scenario) => [scenario.id, new ScriptClock()]));

async function run(scenario: Scenario): Promise<void> {
  const calls = scenario.requests ?? [scenario.request];
  for (let made = 0; made < (scenario.repeat ?? calls.length); made += 1) {
    const call = calls[made % calls.length] ?? scenario.request;
    const response = await fetch(shadow.url + prefixed(scenario, call.path), { method: call.method, headers: call.headers ?? {} });
    await response.arrayBuffer();
    await shadow.decided(scenario.id, made + 1);
  }
}

/** A few at a time: everything runs in this process, and a proxy whose event loop is busy sheds. */
async function runAll(): Promise<void> {
  const waiting = [...http];
  const lane = async (): Promise<void> => {
    for (let scenario = waiting.shift(); scenario !== undefined; scenario = waiting.shift()) await run(scenario);
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
}

beforeAll(async () => {
  database = await createTestDatabase("parallax");
  upstreams = await Promise.all([startUpstream(play("legacy")), startUpstream(play("candidate"))]);
  const families = Object.fromEntries(http.map(({ id }) => [id, { stage: "shadow" }]));
  const endpoints = http.map((scenario) => {
    const isMedia = scenario.endpoint.id.startsWith("media");
    return {
      id: scenario.id,
      family: scenario.id,
      match: prefixed(scenario, scenario.endpoint.match),
      ...(isMedia ? { class: "read" } : {}),
      ...(scenario.compare === undefined ? {} : { compare: scenario.compare }),
    };
  });
  const yaml = JSON.stringify({ endpoints, families, limits: { reReadPerSecond: 100_000, candidateTimeoutMs: 60_000 } });
  shadow = await startShadow({ legacyUrl: upstreams[0]?.url ?? "", candidateUrl: upstreams[1]?.url ?? "", storeUrl: database.url, yaml });
  await runAll();
  report = await shadow.summary();
}, 120_000);

afterAll(async () => {
  await shadow.stop();
  await Promise.all(upstreams.map((upstream) => upstream.close()));
  await database.drop();
});

describe("the drift catalogue over HTTP", () => {
  it.each(http.map((scenario) => [scenario.id, scenario.title, scenario] as const))("%s: %s", (id, _title, scenario) => {
    const name = ({ kind, path, intermittent }: ExpectedDrift): string => `${kind} ${path}${intermittent === true ? " (intermittent)" : ""}`;
    const allowed = new Set((scenario.expect.mayAlso ?? []).map(name));
    const found = report.drifts.filter((drift) => drift.endpoint === id).map(name);
    expect(found.filter((drift) => !allowed.has(drift)).toSorted()).toEqual(scenario.expect.drifts.map(name).toSorted());
    const ledger = report.endpoints.find((endpoint) => endpoint.id === id)?.ledger;
    expect(ledger?.[scenario.expectVerdict ?? "eligible"]).toBeGreaterThan(0);
    const { eligible = 0, ...others } = ledger ?? {};
    expect(eligible).toBe(Object.values(others).reduce((sum, count) => sum + count, 0));
  });
});
