import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitUntil } from "../lib/processes.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { startUpstream, type ScriptedUpstream } from "../testing/scripted-upstream.ts";
import type { RulePreview } from "./core/rule-preview.ts";
import type { DriftReport } from "./core/summary/report.ts";
import { startShadow, type ShadowForTests } from "./testing/start-shadow.ts";

/** What a person does with a drift: look at its examples, say what it is, try a rule on it. Every test has an endpoint of its own. */

type Answer = { readonly status?: number; readonly body: unknown };

const IDS = ["accepted", "expired", "fixed", "reopened", "various", "rules", "tolerant", "mapped"];
const answers = { legacy: new Map<string, Answer>(), nest: new Map<string, Answer>() };
let database: TestDatabase;
let upstreams: ScriptedUpstream[];
let shadow: ShadowForTests;
const asked = new Map<string, number>();

const startSystem = (system: "legacy" | "nest"): Promise<ScriptedUpstream> =>
  startUpstream((request, response) => {
    const { status = 200, body } = answers[system].get(request.url?.split("?")[0] ?? "") ?? { body: {} };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });

beforeAll(async () => {
  database = await createTestDatabase("parallax");
  upstreams = await Promise.all([startSystem("legacy"), startSystem("nest")]);
  const endpoints = IDS.map((id) => ({ id, match: [`GET /${id}`, `GET /${id}/:one`] }));
  const families = Object.fromEntries(IDS.map((id) => [id, { stage: "shadow" }]));
  shadow = await startShadow({
    legacyUrl: upstreams[0]?.url ?? "",
    candidateUrl: upstreams[1]?.url ?? "",
    storeUrl: database.url,
    yaml: JSON.stringify({ endpoints, families, limits: { reReadPerSecond: 1_000 } }),
  });
  const hasBegun = await waitUntil(async () => (await shadow.summary()).selfTest !== null, 60_000);
  if (!hasBegun) throw new Error("the comparator did not begin");
});
afterAll(async () => {
  await shadow.stop();
  await Promise.all(upstreams.map((upstream) => upstream.close()));
  await database.drop();
});

function answer(path: string, legacy: unknown, nest: unknown, status: number = 200): void {
  answers.legacy.set(path, { body: legacy, status });
  answers.nest.set(path, { body: nest, status });
}

async function read(target: string, init: RequestInit = {}): Promise<void> {
  const id = /^\/(\w+)/.exec(target)?.[1] ?? "";
  const count = (asked.get(id) ?? 0) + 1;
  asked.set(id, count);
  await (await fetch(shadow.url + target, init)).text();
  await shadow.decided(id, count);
}

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function driftsOf(endpoint: string): Promise<DriftReport[]> {
  return ((await (await shadow.ops(`/api/drifts?endpoint=${endpoint}`)).json()) as { drifts: DriftReport[] }).drifts;
}

async function onlyDrift(endpoint: string): Promise<DriftReport> {
  const [drift, ...others] = await driftsOf(endpoint);
  if (drift === undefined || others.length > 0) throw new Error(`${endpoint}: one drift was expected`);
  return drift;
}

async function setState(endpoint: string, body: object): Promise<DriftReport> {
  const { fingerprint } = await onlyDrift(endpoint);
  const response = await shadow.ops(`/api/drifts/${fingerprint}/state`, { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(await response.text());
  return ((await response.json()) as { drift: DriftReport }).drift;
}

describe("the state of a drift", () => {
  it("is open at first, and accepted for as long as nobody says otherwise", async () => {
    answer("/accepted", { a: 1 }, { a: 2 });
    await read("/accepted");
    expect(await onlyDrift("accepted")).toMatchObject({ kind: "value-change", path: "$.a", state: "open", count: 1 });
    expect(await setState("accepted", { state: "accepted", reason: "known" })).toMatchObject({ state: "accepted" });
    await read("/accepted");
    expect(await onlyDrift("accepted")).toMatchObject({ state: "accepted", count: 2 });
    expect(await shadow.ledger("accepted")).toEqual({ eligible: 2, drift: 2 });
  });

  it("is open again when it was accepted until a day that is over, and regressed when it is seen after that", async () => {
    answer("/expired", { a: 1 }, { a: 2 });
    await read("/expired");
    const expires = new Date(Date.now() + 3_600_000).toISOString();
    const { fingerprint, state } = await setState("expired", { state: "accepted", reason: "until the release", expires });
    expect(state).toBe("accepted");
    await query(`update parallax.drifts set "acceptedUntil" = now() - interval '1 second' where fingerprint = '${fingerprint}'`);
    expect(await onlyDrift("expired")).toMatchObject({ state: "open" });
    await read("/expired");
    expect(await onlyDrift("expired")).toMatchObject({ state: "regressed" });
  });

  it("is regressed when a fixed one comes back, and not before", async () => {
    answer("/fixed", { a: 1 }, { a: 2 });
    await read("/fixed");
    expect(await setState("fixed", { state: "fixed", reason: "deployed" })).toMatchObject({ state: "fixed" });
    answer("/fixed", { a: 1 }, { a: 1 });
    await read("/fixed");
    expect(await onlyDrift("fixed")).toMatchObject({ state: "fixed", count: 1 });
    answer("/fixed", { a: 1 }, { a: 2 });
    await read("/fixed");
    expect(await onlyDrift("fixed")).toMatchObject({ state: "regressed", count: 2 });
    expect(await setState("fixed", { state: "fixed", reason: "this time" })).toMatchObject({ state: "fixed" });
    await read("/fixed");
    expect(await onlyDrift("fixed")).toMatchObject({ state: "regressed" });
  });

  it("may be opened again by hand", async () => {
    answer("/reopened", { a: 1 }, { a: 2 });
    await read("/reopened");
    await setState("reopened", { state: "accepted", reason: "known" });
    expect(await setState("reopened", { state: "open", reason: "not any more" })).toMatchObject({ state: "open" });
    await read("/reopened");
    expect(await onlyDrift("reopened")).toMatchObject({ state: "open" });
  });

  it("is for releasers to say, with a reason", async () => {
    const { fingerprint } = await onlyDrift("accepted");
    const post = async (body: unknown, token = "0123456789abcdef-ops"): Promise<[number, unknown]> => {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const response = await fetch(`${shadow.opsUrl}/api/drifts/${fingerprint}/state`, { method: "POST", headers, body: JSON.stringify(body) });
      return [response.status, await response.json()];
    };
    expect(await post({ state: "accepted" })).toEqual([400, { error: "reason: expected a text" }]);
    expect(await post({ state: "regressed", reason: "x" })).toEqual([400, { error: "state: expected accepted, open or fixed" }]);
    expect(await post({ state: "accepted", reason: "x", expires: "tomorrow" })).toEqual([400, { error: "expires: expected an ISO date and time" }]);
    expect((await post({ state: "accepted", reason: "x" }, "0123456789abcdef-ops-viewer"))[0]).toBe(403);
    expect((await shadow.ops("/api/drifts/0000000000000000/state", { method: "POST", body: '{"state":"open","reason":"x"}' })).status).toBe(404);
  });
});

describe("the examples of a drift", () => {
  type Exemplar = {
    readonly data: { readonly request: { readonly template: string; readonly tenant: string | null }; readonly legacy: { readonly status: number } };
  };
  const exemplarsOf = async (): Promise<Exemplar[]> => {
    const { fingerprint } = await onlyDrift("various");
    return ((await (await shadow.ops(`/api/drifts/${fingerprint}`)).json()) as { exemplars: Exemplar[] }).exemplars;
  };
  const tokenOf = (tenantId: string): RequestInit => ({
    headers: { authorization: `Bearer x.${Buffer.from(JSON.stringify({ tenantId })).toString("base64url")}.x` },
  });

  it("are as various as what was seen, few, and redacted", async () => {
    for (const path of ["/various", "/various/one"]) answer(path, { name: "Ada Example" }, { name: "Grace Example" });
    // The newest were kept: a hundred of one kind pushed out the only one of another.
    for (let index = 0; index < 10; index += 1) await read("/various", tokenOf("tenant-one"));
    expect(await exemplarsOf()).toHaveLength(1);
    await read("/various/one", tokenOf("tenant-one"));
    await read("/various", tokenOf("tenant-two"));
    answer("/various", { name: "Ada Example" }, { name: "Grace Example" }, 201);
    await read("/various", tokenOf("tenant-one"));
    const exemplars = await exemplarsOf();
    expect(exemplars).toHaveLength(4);
    expect(new Set(exemplars.map(({ data }) => data.request.template))).toEqual(new Set(["/various", "/various/:one"]));
    expect(new Set(exemplars.map(({ data }) => data.request.tenant)).size).toBe(2);
    expect(new Set(exemplars.map(({ data }) => data.legacy.status))).toEqual(new Set([200, 201]));
    for (let tenant = 0; tenant < 8; tenant += 1) await read("/various", tokenOf(`tenant-${tenant}`));
    expect((await exemplarsOf()).length).toBeLessThanOrEqual(5);
    expect(JSON.stringify(exemplars)).not.toMatch(/Ada|Grace|Example|tenant-one/);
  });

  it("leave nothing raw in any table of the store", async () => {
    const tables = await query("select table_name as name from information_schema.tables where table_schema = 'parallax'");
    const contents: string[] = [];
    for (const { name } of tables) contents.push(JSON.stringify(await query(`select * from parallax."${String(name)}"`)));
    expect(contents.join("")).toContain("various");
    expect(contents.join("")).not.toMatch(/Ada Example|Grace Example|tenant-one/);
  });
});

describe("a rule tried on what is recorded", () => {
  const common = { owner: "sre", reason: "test" };
  const preview = async (endpoint: string, rule: unknown): Promise<RulePreview> => {
    const response = await shadow.ops("/api/rules/preview", { method: "POST", body: JSON.stringify({ endpoint, rule }) });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as RulePreview;
  };
  const hidden = ({ hiddenDrifts }: RulePreview): string[] => hiddenDrifts.map(({ kind, path }) => `${kind} ${path}`).toSorted();

  beforeAll(async () => {
    const row = { name: "a", at: "2025-11-20T10:07:20.000Z", count: 1, note: null };
    answer("/rules", { total: 1, rows: [row] }, { total: 2, rows: [{ name: "b", at: "2025-11-20T10:07:20Z", count: "1" }] });
    await read("/rules");
    answer("/tolerant", { a: 10, b: 10 }, { a: 10.4, b: 12 });
    await read("/tolerant");
    answer("/mapped", { one: "id a", two: "id a", three: "id c" }, { one: "id x", two: "id y", three: "id z" });
    await read("/mapped");
  });

  it("has these drifts to hide", async () => {
    expect((await driftsOf("rules")).map(({ kind, path }) => `${kind} ${path}`).toSorted()).toEqual([
      "format-change $.rows[*].at",
      "null-vs-absent $.rows[*].note",
      "type-change $.rows[*].count",
      "value-change $.rows[*].name",
      "value-change $.total",
    ]);
  });

  it.each([
    [{ as: "ignore", path: "$.total" }, ["value-change $.total"], 20],
    [{ as: "ignore", path: "$.rows[*].count" }, ["type-change $.rows[*].count"], 20],
    [{ as: "volatile", path: "$.rows[*].count" }, [], 20],
    [{ as: "volatile", path: "$.rows[*].name" }, ["value-change $.rows[*].name"], 20],
    [{ as: "instant", path: "$.**.at" }, ["format-change $.rows[*].at"], 0],
    [{ as: "instant", path: "$.total" }, [], 0],
    [{ as: "absent-is-null", path: "$.rows[*].note" }, ["null-vs-absent $.rows[*].note"], 0],
    [{ as: "absent-is-null", path: "$.rows[*].name" }, [], 0],
    [{ as: "ignore", path: "$.elsewhere" }, [], 0],
    [{ as: "ignore", path: "$.total", expires: "2020-01-01" }, [], 0],
  ])("%j", async (rule, drifts, lostPercent) => {
    const found = await preview("rules", { ...common, ...rule });
    expect(hidden(found)).toEqual(drifts);
    expect(found.assertedFieldsLostPercent).toBe(lostPercent);
    expect(found.refused).toBeUndefined();
  });

  it("within a tolerance hides only what lies within it", async () => {
    const rule = (path: string): unknown => ({ ...common, as: "number", tolerance: 0.5, path });
    expect(hidden(await preview("tolerant", rule("$.a")))).toEqual(["value-change $.a"]);
    expect(hidden(await preview("tolerant", rule("$.b")))).toEqual([]);
  });

  it("says what it would take of the assertions", async () => {
    const found = await preview("rules", { ...common, as: "ignore", path: "$.rows" });
    expect(found.assertedFieldsLostPercent).toBe(80);
    expect(found.warning).toContain("80 %");
    expect(found.refused).toBeUndefined();
  });

  it.each(["$", "$.**", "$[*]", "$.*"])("that would hide whole answers (%s) is refused, and what it would hide is said", async (path) => {
    const found = await preview("rules", { ...common, as: "ignore", path });
    expect(found.refused).toBe(`"${path}" would hide whole answers; name the field that may differ`);
    expect(found.assertedFieldsLostPercent).toBe(path === "$[*]" ? 0 : 100);
  });

  it("of another kind everywhere is refused too", async () => {
    expect((await preview("rules", { ...common, as: "number", tolerance: 1e9, path: "$.**" })).refused).toContain("would hide whole answers");
  });

  it.each<[unknown, string]>([
    [[], "Invalid input: expected object, received array"],
    [{ rule: {} }, "endpoint: expected the id of an endpoint, or the name of an event"],
    [{ endpoint: "nowhere", rule: {} }, 'endpoint: there is no endpoint or event "nowhere" in the configuration'],
    [{ endpoint: "rules" }, "rule: Invalid input: expected object, received undefined"],
    [{ endpoint: "rules", rule: { ...common, as: "ignore", path: "total" } }, 'rule.path: expected a path like $.contacts[*].name, got "total"'],
    [{ endpoint: "rules", rule: { as: "ignore", path: "$.a", reason: "x" } }, "rule.owner: Invalid input: expected string, received undefined"],
    [{ endpoint: "rules", rule: { ...common, as: "ignore", path: "$.a", more: 1 } }, 'rule: unknown key "more"'],
    [{ endpoint: "rules", rule: { ...common, as: "number", path: "$.a" } }, "rule.tolerance: Invalid input: expected number, received undefined"],
  ])("%j is answered 400", async (body, error) => {
    const response = await shadow.ops("/api/rules/preview", { method: "POST", body: JSON.stringify(body) });
    expect([response.status, await response.json()]).toEqual([400, { error }]);
  });
});

describe("the detector's self-test", () => {
  it("is in the report and the metrics, and never in the counts", async () => {
    const report = await shadow.summary();
    expect(report.selfTest).toMatchObject({ missed: [], caught: report.selfTest?.of });
    expect(Date.now() - Date.parse(report.selfTest?.at ?? "")).toBeLessThan(60_000);
    expect(report.endpoints.map(({ id }) => id)).not.toContain("self-test");
    expect(report.drifts.map(({ endpoint }) => endpoint)).not.toContain("self-test");
    const metrics = await (await shadow.ops("/metrics")).text();
    expect(metrics).toContain("parallax_self_test_missed 0");
    expect(await (await shadow.ops("/readyz")).json()).toEqual({ status: "ok", degraded: [] });
  });
});
