import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { waitUntil } from "../lib/processes.ts";
import { SHADOW_SECRET, startShadow, type ShadowForTests } from "../shadow/testing/start-shadow.ts";
import { AUTH_SECRET } from "../testing/contract/tokens.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { bearer, insertPeople, SESSION } from "../testing/legacy-app.ts";
import { startSystem, type RunningSystem, type SystemName } from "../testing/systems.ts";

/** The real owners behind the ledger: both know keys, both keep one row per key, whoever is asked. */

let databases: { readonly whatsapp: TestDatabase; readonly store: TestDatabase };
let sql: Client;
let systems: Readonly<Record<SystemName, RunningSystem>>;
let shadow: ShadowForTests;
let folder: string;

const CONFIG = JSON.stringify({
  extends: "whatsapp",
  families: { sends: { stage: "shadow", legacyHonoursKey: true, nestHonoursKey: true }, conversation: { stage: "shadow" } },
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parallax-sends-"));
  databases = { whatsapp: await createTestDatabase("whatsapp"), store: await createTestDatabase("parallax") };
  sql = new Client({ connectionString: databases.whatsapp.url });
  await sql.connect();
  await insertPeople(sql);
  const env = { MEDIA_DIR: join(folder, "media"), SERVICE_TOKEN_SECRET: "service-secret-for-tests-only", PARALLAX_SHADOW_SECRET: SHADOW_SECRET };
  const start = (name: SystemName) => startSystem(name, { databaseUrl: databases.whatsapp.url, authSecret: AUTH_SECRET, env });
  const [legacy, nest] = await Promise.all([start("legacy"), start("nest")]);
  systems = { legacy, nest };
  const settings = { legacyUrl: legacy.baseUrl, candidateUrl: nest.baseUrl, storeUrl: databases.store.url };
  shadow = await startShadow({ ...settings, yaml: CONFIG, authSecret: AUTH_SECRET });
});
afterAll(async () => {
  await shadow.stop();
  await Promise.all([systems.legacy.stop(), systems.nest.stop(), sql.end()]);
  await Promise.all([databases.whatsapp.drop(), databases.store.drop()]);
  await rm(folder, { recursive: true, force: true });
});

type Answered = { readonly status: number; readonly text: string; readonly isReplay: boolean };

async function post(base: string, key: string, kind: "text" | "media"): Promise<Answered> {
  const body = kind === "text" ? JSON.stringify({ sessionId: SESSION, toJid: "15550100001", content: "hello" }) : form();
  const headers = { ...bearer(), "idempotency-key": key, ...(kind === "text" ? { "content-type": "application/json" } : {}) };
  const response = await fetch(`${base}/api/whatsapp/${kind === "text" ? "chat-messages" : "send-media"}`, { method: "POST", headers, body });
  return { status: response.status, text: await response.text(), isReplay: response.headers.get("idempotent-replayed") === "true" };
}

function form(): FormData {
  const data = new FormData();
  data.append("sessionId", SESSION);
  data.append("toJid", "15550100001");
  data.append("file", new Blob(["a picture"], { type: "image/png" }), "a.png");
  return data;
}

async function rowsOf(key: string): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    `select count(*)::int as count from whatsapp_outbox o join whatsapp_messages m on m.id = o."messageRowId" where "idempotencyKey" = $1`,
    [key],
  );
  return rows[0]?.count ?? -1;
}

const flip = (stage: string): Promise<Response> =>
  shadow.ops("/api/cutover/sends", { method: "PUT", body: JSON.stringify({ stage, reason: "test", override: true }) });

it.each([
  ["legacy", "text", "shadow"],
  ["legacy", "media", "shadow"],
  ["nest", "text", "nest"],
  ["nest", "media", "nest"],
] as const)("%s takes a %s once, repeats it to whoever asks again, and so does the proxy after a flip", async (owner, kind, stage) => {
  const key = `${owner}-${kind}`;
  await flip(stage);
  const first = await post(shadow.url, key, kind);
  expect([first.status, first.isReplay]).toEqual([200, false]);
  // The owner itself keeps the promise that the ledger counts on when it asks again.
  expect(await post(systems[owner].baseUrl, key, kind)).toMatchObject({ status: 200, isReplay: true });
  await flip(stage === "nest" ? "shadow" : "nest");
  expect(await post(shadow.url, key, kind)).toEqual({ ...first, isReplay: true });
  expect(await rowsOf(key)).toBe(1);
});

it("a send without a key is one row with a key of the proxy's", async () => {
  const before = await sql.query<{ idempotencyKey: string }>(`select "idempotencyKey" from whatsapp_outbox`);
  const response = await fetch(`${shadow.url}/api/whatsapp/chat-messages`, {
    method: "POST",
    headers: { ...bearer(), "content-type": "application/json" },
    body: JSON.stringify({ sessionId: SESSION, toJid: "15550100001", content: "without a key" }),
  });
  expect(response.status).toBe(200);
  const after = await sql.query<{ idempotencyKey: string }>(`select "idempotencyKey" from whatsapp_outbox`);
  expect(after.rows.length - before.rows.length).toBe(1);
});

it("what nest would have answered is what legacy answered: texts, files and refusals", async () => {
  await flip("shadow");
  if (!(await waitUntil(async () => (await shadow.summary()).selfTest !== null, 60_000))) throw new Error("the comparator did not start");
  const ledger = async (endpoint: string) => (await shadow.summary()).endpoints.find(({ id }) => id === endpoint)?.ledger;
  const before = { text: (await ledger("sends.text"))?.eligible ?? 0, media: (await ledger("sends.media"))?.eligible ?? 0 };
  await post(shadow.url, "compared-text", "text");
  await post(shadow.url, "compared-media", "media");
  const refused = await fetch(`${shadow.url}/api/whatsapp/chat-messages`, {
    method: "POST",
    headers: { ...bearer(), "content-type": "application/json" },
    body: JSON.stringify({ sessionId: "unknown", toJid: "15550100001", content: "" }),
  });
  expect(refused.status).toBe(400);
  await expect.poll(async () => (await ledger("sends.text"))?.eligible, { timeout: 20_000 }).toBe(before.text + 2);
  await expect.poll(async () => (await ledger("sends.media"))?.eligible, { timeout: 20_000 }).toBe(before.media + 1);
  await expect.poll(async () => (await ledger("sends.text"))?.pending, { timeout: 20_000 }).toBe(0);
  await expect.poll(async () => (await ledger("sends.media"))?.pending, { timeout: 20_000 }).toBe(0);
  expect((await shadow.summary()).drifts.map(({ endpoint, kind, path }) => `${endpoint} ${kind} ${path}`)).toEqual([]);
  expect((await ledger("sends.text"))?.matched).toBeGreaterThanOrEqual(2);
  expect((await ledger("sends.media"))?.matched).toBeGreaterThanOrEqual(1);
  expect([await rowsOf("compared-text"), await rowsOf("compared-media")]).toEqual([1, 1]);
}, 120_000);
