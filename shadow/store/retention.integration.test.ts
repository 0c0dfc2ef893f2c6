import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { applyRetention } from "./retention.ts";
import { connectStore, type StoreClient } from "./store.ts";

const KEEP_ALL = { days: 30, maxRows: 1_000_000, maxDrifts: 1_000_000 };

let database: TestDatabase;
let store: StoreClient;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase("parallax");
  store = connectStore({ url: database.url, poolMax: 2, applicationName: "test" });
  client = new Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await store.$disconnect();
  await database.drop();
});

const days = (ago: number): string => `now() - interval '${ago} days'`;
const insert = (table: string, values: Readonly<Record<string, string>>): Promise<unknown> =>
  client.query(
    `insert into parallax.${table} (${Object.keys(values)
      .map((name) => `"${name}"`)
      .join(", ")}) values (${Object.values(values).join(", ")})`,
  );
const count = async (table: string): Promise<number> =>
  Number((await client.query<{ n: string }>(`select count(*) as n from parallax.${table}`)).rows[0]?.n);
const writer = { run: "'r'", writer: "'w'", endpoint: "'e'" };

async function insertDrift(fingerprint: string, lastSeenAgo: number, more: Readonly<Record<string, string>> = {}): Promise<void> {
  const at = days(lastSeenAgo);
  const texts = {
    fingerprint: `'${fingerprint}'`,
    subject: "'http'",
    endpoint: "'e'",
    path: "'$.a'",
    kind: "'value-change'",
    legacyShape: "'number'",
    nestShape: "'number'",
  };
  await insert("drifts", { ...texts, firstSeen: at, lastSeen: at, ...more });
  await insert("drift_sightings", { fingerprint: `'${fingerprint}'`, run: "'r'", writer: "'w'", minute: at, count: "1", intermittent: "0" });
  await insert("exemplars", { id: `'${fingerprint}'`, fingerprint: `'${fingerprint}'`, seenAt: at, data: "'{}'" });
}

it("deletes what is older than the days, and nothing else", async () => {
  for (const ago of [0, 29, 31, 400]) {
    await insert("ledger", { ...writer, minute: days(ago) });
    await insert("emission_ledger", { run: "'r'", writer: "'w'", event: "'e'", minute: days(ago) });
    await insert("coverage", { ...writer, dimension: "'status'", value: "'200'", minute: days(ago), count: "1" });
    await insert("evidence", { endpoint: "'e'", key: `'k${ago}'`, firstSeen: days(400), lastSeen: days(ago), fingerprints: "'{}'" });
    await insert("fields", { ...writer, path: `'$.a${ago}'`, count: "1", lastSeen: days(ago) });
    await insert("runs", { id: `'r${ago}'`, heartbeatAt: days(ago) });
    await insertDrift(`seen ${ago}`, ago);
  }
  for (const [id, state, started, free] of [
    ["free", "completed", 1, days(0.5)],
    ["kept", "completed", 0, "now() + interval '1 day'"],
    ["unknown", "unknown", 29, "null"],
    ["unknown long ago", "unknown", 31, "null"],
  ] as const) {
    const texts = {
      id: `'${id}'`,
      slot: `'${id}'`,
      requestId: "'r'",
      endpoint: "'e'",
      family: "'f'",
      owner: "'legacy'",
      state: `'${state}'`,
      keyId: "'k'",
    };
    await insert("sends", { ...texts, sealedKey: "''", startedAt: days(started), leaseUntil: "now()", freeAt: free });
  }
  await insertDrift("fixed long ago", 400, { state: "'fixed'", stateAt: days(300) });
  await insertDrift("accepted lately", 400, { state: "'accepted'", stateAt: days(3) });
  expect(await applyRetention(store, KEEP_ALL)).toEqual({
    ledger: 2,
    emission_ledger: 2,
    coverage: 2,
    drift_sightings: 4,
    exemplars: 4,
    evidence: 2,
    fields: 2,
    runs: 2,
    drifts: 3,
    sends: 2,
  });
  const { rows } = await client.query<{ fingerprint: string }>("select fingerprint from parallax.drifts order by fingerprint");
  expect(rows.map(({ fingerprint }) => fingerprint)).toEqual(["accepted lately", "seen 0", "seen 29"]);
  expect(await applyRetention(store, KEEP_ALL)).toEqual({
    ledger: 0,
    emission_ledger: 0,
    coverage: 0,
    drift_sightings: 0,
    exemplars: 0,
    evidence: 0,
    fields: 0,
    runs: 0,
    drifts: 0,
    sends: 0,
  });
});

it("keeps the newest of too many", async () => {
  await client.query("truncate parallax.ledger; truncate parallax.drifts cascade");
  for (let ago = 0; ago < 10; ago += 1) {
    await insert("ledger", { ...writer, minute: days(ago) });
    await insert("emission_ledger", { run: "'r'", writer: "'w'", event: "'e'", minute: days(ago) });
    await insertDrift(`d${ago}`, ago);
  }
  await applyRetention(store, { days: 30, maxRows: 4, maxDrifts: 3 });
  expect(await count("ledger")).toBe(5); // the minute at which the limit falls stays whole
  const { rows } = await client.query<{ fingerprint: string }>("select fingerprint from parallax.drifts order by fingerprint");
  expect(rows.map(({ fingerprint }) => fingerprint)).toEqual(["d0", "d1", "d2"]);
  expect(await count("exemplars")).toBe(3);
});

it("is the work of one process at a time", async () => {
  await client.query("begin; select pg_advisory_xact_lock(7241901883)");
  expect(await applyRetention(store, KEEP_ALL)).toBeUndefined();
  await client.query("commit");
  expect(await applyRetention(store, KEEP_ALL)).toBeDefined();
});
