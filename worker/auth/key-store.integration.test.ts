import { initAuthCreds, proto, type SignalDataSet } from "@whiskeysockets/baileys";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import type { Database } from "../database.ts";
import { Leases, type Lease } from "../lease/leases.ts";
import { insertSession, openWorkerDatabase } from "../testing/session-row.ts";
import { Credentials } from "./credentials.ts";
import { createSealer } from "./envelope.ts";
import { KeyRows } from "./key-rows.ts";
import { createKeyStore } from "./key-store.ts";

const KEY = Buffer.alloc(32, 7);

let template: TestDatabase;
let database: Database;

beforeAll(async () => {
  template = await createTestDatabase("whatsapp");
  database = await openWorkerDatabase(template.url);
});
afterAll(async () => {
  await database.close();
  await template.drop();
});

async function leased(sessionId: string): Promise<Lease> {
  await insertSession(database, sessionId);
  const lease = await new Leases(database, "worker-1").acquire(sessionId);
  if (lease === undefined) throw new Error("not taken");
  return lease;
}

/** Each reads from the database: no cache is shared. */
function storeOf(lease: Lease, keys: readonly Buffer[] = [], failures: unknown[] = []) {
  return createKeyStore(new KeyRows(database, lease, createSealer(keys)), (error) => void failures.push(error));
}

const takenOver = (sessionId: string) =>
  database.query(`update whatsapp_sessions set "leaseEpoch" = "leaseEpoch" + 1, "leaseOwner" = 'worker-2' where "sessionId" = $1`, [sessionId]);
const countOf = async (sessionId: string) =>
  (await database.query<{ count: number }>(`select count(*)::int as count from whatsapp_session_keys where "sessionId" = $1`, [sessionId]))[0]?.count;

const SEVERAL: SignalDataSet = {
  session: { "15550100001.0": Buffer.from("a ratchet") },
  "pre-key": { "7": { private: Buffer.from("private"), public: Buffer.from("public") } },
  "lid-mapping": { "100_reverse": "15550100001" },
};

it("brings several types of one set back as they were, in clear and sealed", async () => {
  for (const keys of [[], [KEY]]) {
    const lease = await leased(`types-${keys.length}`);
    await storeOf(lease, keys).set(SEVERAL);
    const store = storeOf(lease, keys);
    expect(await store.get("session", ["15550100001.0", "unknown"])).toEqual({ "15550100001.0": Buffer.from("a ratchet") });
    expect(await store.get("pre-key", ["7"])).toEqual(SEVERAL["pre-key"]);
    expect(await store.get("lid-mapping", ["100_reverse"])).toEqual({ "100_reverse": "15550100001" });
  }
});

it("seals what lies in the database when there is a key", async () => {
  const lease = await leased("sealed");
  await storeOf(lease, [KEY]).set(SEVERAL);
  const rows = await database.query<{ data: unknown }>(`select data from whatsapp_session_keys where "sessionId" = 'sealed'`);
  for (const { data } of rows) expect(Object.keys(data as object).toSorted()).toEqual(["data", "key", "sealed"]);
});

it("removes with null, and keeps what it read", async () => {
  const lease = await leased("removed");
  const store = storeOf(lease);
  await store.set(SEVERAL);
  await store.set({ session: { "15550100001.0": null } });
  expect(await store.get("session", ["15550100001.0"])).toEqual({});
  expect(await storeOf(lease).get("session", ["15550100001.0"])).toEqual({});
});

it("gives the app state key back as the message it was", async () => {
  const lease = await leased("app-state");
  const data = proto.Message.AppStateSyncKeyData.fromObject({ keyData: Buffer.from("secret"), timestamp: 5 });
  await storeOf(lease).set({ "app-state-sync-key": { AAAA: data } });
  const { AAAA } = await storeOf(lease).get("app-state-sync-key", ["AAAA"]);
  expect(AAAA).toBeInstanceOf(proto.Message.AppStateSyncKeyData);
  expect(Buffer.from(AAAA?.keyData ?? []).toString()).toBe("secret");
});

it("writes nothing at all once the lease is another worker's, and says so", async () => {
  const lease = await leased("fenced");
  const failures: unknown[] = [];
  const store = storeOf(lease, [], failures);
  await store.set({ session: { a: Buffer.from("before") } });
  await takenOver("fenced");
  await expect(async () => store.set(SEVERAL)).rejects.toMatchObject({ code: "WORKER_LEASE_LOST" });
  await expect(async () => store.set({ session: { a: null } })).rejects.toMatchObject({ code: "WORKER_LEASE_LOST" });
  expect(failures).toHaveLength(2);
  expect(await countOf("fenced")).toBe(1);
});

it("waits for a takeover under way, and loses to it", async () => {
  const lease = await leased("overtaken");
  // Holds the row as a takeover does, for longer than the write needs to begin.
  const takeover = database.query(
    `with taken as (update whatsapp_sessions set "leaseEpoch" = "leaseEpoch" + 1 where "sessionId" = 'overtaken' returning 1) select pg_sleep(0.3)::text from taken`,
  );
  await expect
    .poll(async () => (await database.query(`select 1 from pg_stat_activity where query like 'with taken%' and wait_event = 'PgSleep'`)).length)
    .toBe(1);
  await expect(async () => storeOf(lease).set(SEVERAL)).rejects.toMatchObject({ code: "WORKER_LEASE_LOST" });
  await takeover;
  expect(await countOf("overtaken")).toBe(0);
});

it("stores nothing more once its socket is gone", async () => {
  const lease = await leased("closed");
  const failures: unknown[] = [];
  const store = storeOf(lease, [], failures);
  const last = Promise.resolve(store.set({ session: { a: Buffer.from("under way") } }));
  await store.close();
  await last;
  await expect(async () => store.set(SEVERAL)).rejects.toMatchObject({ code: "WORKER_SOCKET_OVER" });
  expect(await countOf("closed")).toBe(1);
  expect(failures).toEqual([]);
});

it("stores credentials of a paired device only, under the lease, and wipes them with every key", async () => {
  const lease = await leased("creds");
  const credentials = new Credentials(database, lease, createSealer([KEY]));
  const fresh = await credentials.load();
  const me = { id: "15550100001:3@s.whatsapp.net" };
  await credentials.save({ ...fresh, me });
  expect((await credentials.load()).me).toBeUndefined();
  await credentials.save({ ...fresh, me, account: { details: Buffer.from("signed") } });
  const loaded = await credentials.load();
  expect(loaded.me).toEqual(me);
  expect(loaded.noiseKey.private).toEqual(Buffer.from(fresh.noiseKey.private));
  await storeOf(lease).set(SEVERAL);
  await credentials.wipe();
  expect((await credentials.load()).me).toBeUndefined();
  expect(await countOf("creds")).toBe(0);
  await takenOver("creds");
  await expect(credentials.save({ ...initAuthCreds(), me, account: {} })).rejects.toMatchObject({ code: "WORKER_LEASE_LOST" });
});

it("does not open credentials with another key, and does not take them for none", async () => {
  const lease = await leased("other-key");
  const fresh = initAuthCreds();
  await new Credentials(database, lease, createSealer([KEY])).save({ ...fresh, me: { id: "1" }, account: {} });
  await expect(new Credentials(database, lease, createSealer([Buffer.alloc(32, 8)])).load()).rejects.toMatchObject({ code: "WORKER_AUTH_STATE_KEY" });
});
