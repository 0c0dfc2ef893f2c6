import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { startUpstream, type ScriptedUpstream } from "../testing/scripted-upstream.ts";
import type { FamilyView } from "./cutover/cutover.ts";
import { verifyAudit } from "./cutover/audit.ts";
import { connectStore } from "./store/store.ts";
import { AUDIT_KEY, startShadow, type ShadowForTests } from "./testing/start-shadow.ts";

/** Flips over the ops API, against real systems: who answers, who may change it, what is kept of it. */

let legacy: ScriptedUpstream;
let nest: ScriptedUpstream;
/** What nest does; reset after each test. */
let nestAnswers: "well" | "502" | "500" | "never" | "reset" = "well";
let legacyBody = '{"ok":true}';
const opened: { stop: () => Promise<void> }[] = [];
const databases: TestDatabase[] = [];

beforeAll(async () => {
  legacy = await startUpstream((_request, response) =>
    response.writeHead(200, { "content-type": "application/json", "x-from": "legacy" }).end(legacyBody),
  );
  nest = await startUpstream((_request, response) => {
    if (nestAnswers === "never") return;
    if (nestAnswers === "reset") return void response.destroy();
    const status = nestAnswers === "well" ? 200 : Number(nestAnswers);
    response.writeHead(status, { "content-type": "application/json", "x-from": "nest" }).end(status === 200 ? '{"ok":true}' : "{}");
  });
});
afterAll(async () => {
  await Promise.all([legacy.close(), nest.close()]);
});
afterEach(async () => {
  nestAnswers = "well";
  legacyBody = '{"ok":true}';
  for (const each of opened.splice(0).toReversed()) await each.stop();
  for (const database of databases.splice(0)) await database.drop();
});

const FAMILIES = ["contacts", "conversation", "sends"];
/** A gate that a handful of requests can pass. */
const EASY = { maxDriftRate: 0.9, maxErrorDelta: 0.9, maxP95Ratio: 1_000 };

async function newDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase("parallax");
  databases.push(database);
  return database;
}

type Options = {
  readonly stage?: string;
  readonly gate?: object;
  readonly more?: object;
  readonly storeUrl?: string | (() => Promise<string>);
  readonly dataDir?: string;
};

async function start({ stage = "shadow", gate = {}, more = {}, storeUrl, dataDir }: Options = {}): Promise<ShadowForTests> {
  const endpoints = FAMILIES.map((id) => ({ id: `${id}.list`, match: `GET /${id}` }));
  const families = { contacts: { stage }, conversation: { stage, with: ["sends"] }, sends: { stage } };
  const shadow = await startShadow({
    legacyUrl: legacy.url,
    candidateUrl: nest.url,
    storeUrl: storeUrl ?? (await newDatabase()).url,
    yaml: JSON.stringify({ endpoints, families, gate, limits: { reReadPerSecond: 1_000 }, ...more }),
    ...(dataDir === undefined ? {} : { dataDir }),
  });
  opened.push(shadow);
  return shadow;
}

const token = (tenantId: string): string => `x.${Buffer.from(JSON.stringify({ sub: "u1", tenantId })).toString("base64url")}.x`;

async function ownerOf(shadow: ShadowForTests, path = "/contacts", tenant = "t1"): Promise<string> {
  const response = await fetch(shadow.url + path, { headers: { authorization: `Bearer ${token(tenant)}` } });
  await response.arrayBuffer();
  return `${response.headers.get("x-from") ?? "proxy"} ${response.status}`;
}

const put = (shadow: ShadowForTests, family: string, body: object): Promise<Response> =>
  shadow.ops(`/api/cutover/${family}`, { method: "PUT", body: JSON.stringify(body) });
const rollBack = (shadow: ShadowForTests, family: string): Promise<Response> =>
  shadow.ops(`/api/cutover/${family}/rollback`, { method: "POST", body: JSON.stringify({ reason: "test" }) });
const familiesOf = async (shadow: ShadowForTests): Promise<FamilyView[]> =>
  ((await (await shadow.ops("/api/cutover")).json()) as { families: FamilyView[] }).families;

describe("a flip", () => {
  it("without evidence is refused with the gate's verdict, and nothing changes", async () => {
    const shadow = await start();
    const response = await put(shadow, "contacts", { stage: "canary", reason: "try" });
    expect(response.status).toBe(409);
    const refusal = (await response.json()) as { error: string; gate: { verdict: string; criteria: unknown[] } };
    expect(refusal.error).toMatch(/^the gate of contacts for canary says inconclusive \(drift-rate inconclusive: 0 drifts in 0 distinct comparisons/);
    expect(refusal.gate.verdict).toBe("inconclusive");
    expect((await familiesOf(shadow)).find(({ family }) => family === "contacts")).toMatchObject({ stage: "shadow", version: 1 });
    expect(await ownerOf(shadow)).toBe("legacy 200");
  });

  it("with an override is made at once, and recorded as such with its evidence", async () => {
    const shadow = await start();
    expect((await put(shadow, "contacts", { stage: "canary", percent: 100, reason: "known good", override: true })).status).toBe(200);
    expect(await ownerOf(shadow)).toBe("nest 200");
    const { entries } = (await (await shadow.ops("/api/cutover/history")).json()) as { entries: object[] };
    expect(entries).toMatchObject([
      {
        seq: 1,
        family: "contacts",
        from: { stage: "shadow", percent: 0 },
        to: { stage: "canary", percent: 100 },
        by: "releaser",
        reason: "known good",
        isOverride: true,
        evidence: { gate: [{ family: "contacts", verdict: "inconclusive" }] },
      },
    ]);
  });

  it("keeps which builds its evidence is of", async () => {
    const shadow = await start({ more: { build: { header: "X-From" } } });
    await ownerOf(shadow);
    await shadow.decided("contacts.list", 1);
    await shadow.summary();
    await put(shadow, "contacts", { stage: "canary", percent: 5, reason: "known good", override: true });
    const { entries } = (await (await shadow.ops("/api/cutover/history")).json()) as { entries: { evidence: object }[] };
    expect(entries[0]?.evidence).toMatchObject({
      builds: { legacy: [{ id: "legacy", comparisons: 1 }], nest: [{ id: "nest", comparisons: 1 }] },
    });
  });

  it("waits for a shape of answer that production showed while nest could not be asked", async () => {
    const coverageOf = async (shadow: ShadowForTests) =>
      (await familiesOf(shadow)).find(({ family }) => family === "contacts")?.gate.criteria.find(({ name }) => name === "coverage")?.detail;
    const shadow = await start();
    await ownerOf(shadow);
    await shadow.decided("contacts.list", 1);
    await shadow.summary();
    expect(await coverageOf(shadow)).not.toMatch(/shape/);
    legacyBody = '{"ok":true,"note":null}';
    nestAnswers = "reset";
    await ownerOf(shadow);
    await shadow.decided("contacts.list", 2);
    await shadow.summary();
    expect(await coverageOf(shadow)).toMatch(/contacts\.list shape [0-9a-f]{12} \(1×\)/);
    nestAnswers = "well";
    await ownerOf(shadow);
    await shadow.decided("contacts.list", 3);
    await shadow.summary();
    expect(await coverageOf(shadow)).not.toMatch(/shape/);
  });

  it("passes once the evidence is there: inconclusive, then pass", async () => {
    const shadow = await start({ gate: EASY });
    expect((await put(shadow, "contacts", { stage: "canary", reason: "too early" })).status).toBe(409);
    for (let index = 0; index < 40; index += 1) await ownerOf(shadow, `/contacts?page=${index}`);
    await shadow.decided("contacts.list", 40);
    await shadow.summary();
    const response = await put(shadow, "contacts", { stage: "canary", percent: 50, reason: "evidence" });
    expect(await response.json()).toMatchObject({ families: [{ family: "contacts", stage: "canary", percent: 50, version: 2 }] });
  });

  it("counts repeated polls of one unchanged answer as one piece of evidence", async () => {
    const shadow = await start();
    for (let index = 0; index < 30; index += 1) await ownerOf(shadow);
    await shadow.decided("contacts.list", 30);
    await shadow.summary();
    const family = (await familiesOf(shadow)).find((each) => each.family === "contacts");
    expect(family?.gate.criteria.find(({ name }) => name === "drift-rate")?.detail).toMatch(/^0 drifts in 1 distinct comparison:/);
  });

  it("of a family moves those that flip with it, and one of them alone cannot be left behind", async () => {
    const shadow = await start();
    expect(await (await put(shadow, "sends", { stage: "canary", percent: 100, reason: "x", override: true })).json()).toMatchObject({
      families: [
        { family: "conversation", stage: "canary" },
        { family: "sends", stage: "canary" },
      ],
    });
    expect([await ownerOf(shadow, "/conversation"), await ownerOf(shadow, "/sends"), await ownerOf(shadow)]).toEqual([
      "nest 200",
      "nest 200",
      "legacy 200",
    ]);
    await rollBack(shadow, "conversation");
    expect((await familiesOf(shadow)).map(({ stage }) => stage)).toEqual(["shadow", "shadow", "shadow"]);
  });

  const SENSELESS: readonly [what: string, family: string, body: object, status: number, message: RegExp][] = [
    [
      "an unknown family",
      "nothing",
      { stage: "shadow", reason: "x" },
      404,
      /unknown family "nothing"; expected one of contacts, conversation, sends/,
    ],
    ["an unknown stage", "contacts", { stage: "live", reason: "x" }, 400, /stage: expected legacy, shadow, canary, nest, retired, got "live"/],
    ["no reason", "contacts", { stage: "legacy" }, 400, /reason: expected a text/],
    ["a blank reason", "contacts", { stage: "legacy", reason: " " }, 400, /reason: expected a text/],
    ["a share without canary", "contacts", { stage: "legacy", percent: 5, reason: "x" }, 409, /percent: only canary has a share/],
    ["a share of nothing", "contacts", { stage: "canary", percent: 0, reason: "x" }, 409, /percent: expected a number above 0/],
    ["a skipped stage", "contacts", { stage: "nest", reason: "x" }, 409, /contacts is at shadow and cannot go to nest at once/],
    ["an unknown key", "contacts", { stage: "legacy", reason: "x", force: true }, 400, /force/],
  ];

  it("that makes no sense is refused with a reason, and changes nothing", async () => {
    const shadow = await start();
    for (const [what, family, body, status, message] of SENSELESS) {
      const response = await put(shadow, family, body);
      expect([what, response.status]).toEqual([what, status]);
      expect(((await response.json()) as { error: string }).error).toMatch(message);
    }
    expect((await familiesOf(shadow)).every(({ version }) => version === 1)).toBe(true);
  });

  it("and a rollback need the role releaser", async () => {
    const shadow = await start();
    const headers = { authorization: "Bearer 0123456789abcdef-ops-viewer", "content-type": "application/json" };
    for (const [method, path] of [
      ["PUT", "/api/cutover/contacts"],
      ["POST", "/api/cutover/contacts/rollback"],
    ] as const) {
      const response = await shadow.opsAs(headers, path, { method, body: JSON.stringify({ stage: "legacy", reason: "x" }) });
      expect(response.status).toBe(403);
    }
    expect((await shadow.opsAs(headers, "/api/cutover", {})).status).toBe(200);
  });
});

describe("the stages", () => {
  it("decide who answers and who is compared, all the way there and back", async () => {
    const shadow = await start({ stage: "legacy" });
    const asked = (): [number, number] => [legacy.requests.length, nest.requests.length];
    const look = async (): Promise<{ owner: string; legacyAsked: number; nestAsked: number }> => {
      const before = asked();
      const eligible = (await shadow.ledger("contacts.list").catch(() => ({ eligible: 0 }))).eligible ?? 0;
      const owner = await ownerOf(shadow);
      const now = (await shadow.ledger("contacts.list")).eligible ?? 0;
      await shadow.decided("contacts.list", now > eligible ? now : 0);
      return { owner, legacyAsked: asked()[0] - before[0], nestAsked: asked()[1] - before[1] };
    };
    const steps = [
      ["legacy", { owner: "legacy 200", legacyAsked: 1, nestAsked: 0 }],
      ["shadow", { owner: "legacy 200", legacyAsked: 1, nestAsked: 1 }],
      ["canary", { owner: "nest 200", legacyAsked: 1, nestAsked: 1 }],
      ["nest", { owner: "nest 200", legacyAsked: 1, nestAsked: 1 }],
      ["retired", { owner: "nest 200", legacyAsked: 0, nestAsked: 1 }],
      ["nest", { owner: "nest 200", legacyAsked: 1, nestAsked: 1 }],
      ["legacy", { owner: "legacy 200", legacyAsked: 1, nestAsked: 0 }],
    ] as const;
    for (const [stage, expected] of steps) {
      await put(shadow, "contacts", { stage, reason: "walk", override: true, ...(stage === "canary" ? { percent: 100 } : {}) });
      expect(await look()).toEqual(expected);
    }
  });

  it("reach a second replica within a second, and a rollback too", async () => {
    const { url } = await newDatabase();
    const [one, other] = [await start({ storeUrl: url }), await start({ storeUrl: url })];
    await put(one, "contacts", { stage: "canary", percent: 100, reason: "x", override: true });
    await expect.poll(() => ownerOf(other), { timeout: 1_000, interval: 20 }).toBe("nest 200");
    await rollBack(other, "contacts");
    await expect.poll(() => ownerOf(one), { timeout: 1_000, interval: 20 }).toBe("legacy 200");
  });

  it("are kept on disk: a replica that starts without the store goes on with what it last knew, a fresh one at legacy", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "parallax-stages-"));
    const down = (): Promise<string> => Promise.reject(new Error("down"));
    const first = await start({ dataDir });
    await put(first, "contacts", { stage: "canary", percent: 100, reason: "x", override: true });
    await first.stop();
    opened.splice(0);
    const again = await start({ dataDir, storeUrl: down });
    expect(await ownerOf(again)).toBe("nest 200");
    const fresh = await start({ storeUrl: down });
    expect(await ownerOf(fresh)).toBe("legacy 200");
    await rm(dataDir, { recursive: true, force: true });
  });

  it("two changes at once: one is made, the other is told", async () => {
    const { url } = await newDatabase();
    const replicas = [await start({ storeUrl: url }), await start({ storeUrl: url })];
    const statuses = await Promise.all(
      replicas.map(
        async (replica, index) => (await put(replica, "contacts", { stage: "canary", percent: 10 + index, reason: "race", override: true })).status,
      ),
    );
    const [family] = await familiesOf(replicas[0] as ShadowForTests);
    const { entries } = (await (await (replicas[0] as ShadowForTests).ops("/api/cutover/history")).json()) as { entries: object[] };
    expect(entries).toHaveLength((family?.version ?? 0) - 1);
    expect(statuses).toContain(200);
  });
});

describe("a read that nest cannot answer", () => {
  it.each(["502", "never"] as const)("is answered by legacy, when nest says %s, and counted", async (how) => {
    const shadow = await start({ more: { limits: { fallbackAfterMs: 200 }, rollback: { enabled: false } } });
    await put(shadow, "contacts", { stage: "canary", percent: 100, reason: "x", override: true });
    nestAnswers = how;
    expect(await ownerOf(shadow)).toBe("legacy 200");
    expect(await (await fetch(`${shadow.opsUrl}/metrics`)).text()).toMatch(/parallax_fallbacks_total\{endpoint="contacts.list"\} 1/);
    expect(await shadow.ledger("contacts.list")).toEqual({ eligible: 1, primaryError: 1 });
  });

  it("is not, where that is not wanted", async () => {
    const shadow = await start({ more: { families: { contacts: { stage: "shadow", fallbackReads: false } } } });
    await put(shadow, "contacts", { stage: "canary", percent: 100, reason: "x", override: true });
    nestAnswers = "502";
    expect(await ownerOf(shadow)).toBe("nest 502");
  });
});

describe("a candidate that starts failing while it serves", () => {
  it("is rolled back within ten seconds, stays so, and the trail says why", async () => {
    const shadow = await start({ more: { rollback: { windowSeconds: 3 } } });
    await put(shadow, "contacts", { stage: "canary", percent: 25, reason: "x", override: true });
    const tenants = Array.from({ length: 200 }, (_, index) => `tenant-${index}`);
    nestAnswers = "500";
    const startedAt = Date.now();
    let failures = 0;
    for (let index = 0; Date.now() - startedAt < 12_000; index += 1) {
      const answer = await ownerOf(shadow, "/contacts", tenants[index % tenants.length]);
      if (answer === "nest 500") failures += 1;
      if (index % 20 === 0 && (await familiesOf(shadow))[0]?.stage === "shadow") break;
    }
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    expect(failures).toBeGreaterThan(0);
    expect(await ownerOf(shadow)).toBe("legacy 200");
    const { entries } = (await (await shadow.ops("/api/cutover/history")).json()) as { entries: object[] };
    expect(entries.at(-1)).toMatchObject({
      by: "auto-rollback",
      to: { stage: "shadow" },
      reason: expect.stringMatching(/^(?:errors: \d+ of \d+ answers failed|drift: \d+ of \d+ compared answers drift)$/) as string,
    });
    expect(entries).toHaveLength(2);
  }, 30_000);
});

describe("the audit trail", () => {
  it("holds while nobody touches it, and shows an edit, a removal and a cut", async () => {
    const { url } = await newDatabase();
    const shadow = await start({ storeUrl: url });
    for (const stage of ["legacy", "shadow", "legacy"]) await put(shadow, "contacts", { stage, reason: `to ${stage}` });
    const store = connectStore({ url, poolMax: 1, applicationName: "test" });
    const client = new Client({ connectionString: url });
    await client.connect();
    const problems = async (head?: { seq: number; mac: string }) => (await verifyAudit(store, { key: AUDIT_KEY, head })).problems;
    /** As somebody with all rights over the database would. */
    const tamper = async (sql: string): Promise<string[]> => {
      await client.query(`begin; set local session_replication_role = replica; ${sql}; commit`);
      return [...(await problems(head))];
    };
    const head = (await verifyAudit(store, { key: AUDIT_KEY, head: undefined })).entries.at(-1);
    expect(await problems(head)).toEqual([]);
    expect((await verifyAudit(store, { key: "another-key-of-sixteen", head })).problems).toHaveLength(3);
    await expect(client.query(`update parallax.audit set reason = 'x'`)).rejects.toThrow(/append-only/);
    await expect(client.query(`delete from parallax.audit`)).rejects.toThrow(/append-only/);

    expect(await tamper(`update parallax.audit set reason = 'nicer' where seq = 2`)).toEqual(["entry 2: was changed, or its key is another one"]);
    await tamper(`update parallax.audit set reason = 'to shadow' where seq = 2`);
    expect(await problems(head)).toEqual([]);
    expect(await tamper(`delete from parallax.audit where seq = 3`)).toEqual([
      "entries 3 to 3: cut off the end",
      "contacts: its switch is at version 4, its last entry speaks of 3",
    ]);
    expect(await tamper(`update parallax.families set version = 3 where family = 'contacts'`)).toEqual(["entries 3 to 3: cut off the end"]);
    expect(await tamper(`delete from parallax.audit where seq = 1`)).toContain("entry 1: missing; the next one there is 2");
    await client.end();
    await store.$disconnect();
  });
});
