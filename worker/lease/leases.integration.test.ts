import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import type { Database } from "../database.ts";
import { insertSession, openWorkerDatabase, testLog } from "../testing/session-row.ts";
import { Leases } from "./leases.ts";
import { Liveness } from "./liveness.ts";

let template: TestDatabase;
let database: Database;
let one: Leases;
let two: Leases;

beforeAll(async () => {
  template = await createTestDatabase("whatsapp");
  database = await openWorkerDatabase(template.url);
  one = new Leases(database, "worker-1");
  two = new Leases(database, "worker-2");
});
afterAll(async () => {
  await database.close();
  await template.drop();
});

const expire = (sessionId: string) =>
  database.query(`update whatsapp_sessions set "leaseExpiresAt" = (now() at time zone 'utc') - interval '1 millisecond' where "sessionId" = $1`, [
    sessionId,
  ]);

it("gives a session to one of many workers that ask at once", async () => {
  await insertSession(database, "raced");
  const workers = Array.from({ length: 8 }, (_, index) => new Leases(database, `racer-${index}`));
  const taken = await Promise.all(workers.map((leases) => leases.acquire("raced")));
  expect(taken.filter((lease) => lease !== undefined)).toEqual([{ sessionId: "raced", tenantId: "t1", epoch: 1 }]);
});

it("gives a lease of 15 s to another only when it has run out, under the next epoch", async () => {
  await insertSession(database, "held");
  expect(await one.acquire("held")).toMatchObject({ epoch: 1 });
  expect(await two.acquire("held")).toBeUndefined();
  const [row] = await database.query<{ seconds: number }>(
    `select extract(epoch from "leaseExpiresAt" - (now() at time zone 'utc'))::float8 as seconds from whatsapp_sessions where "sessionId" = 'held'`,
  );
  expect(row?.seconds).toBeGreaterThan(14);
  expect(row?.seconds).toBeLessThanOrEqual(15);
  await expire("held");
  expect(await two.acquire("held")).toMatchObject({ epoch: 2 });
});

it("renews only what is still the worker's, and says what is wanted of it", async () => {
  for (const sessionId of ["renewed", "stolen"]) await insertSession(database, sessionId);
  const leases = [await one.acquire("renewed"), await one.acquire("stolen")].filter((lease) => lease !== undefined);
  await expire("stolen");
  await two.acquire("stolen");
  await database.query(`update whatsapp_sessions set "desiredState" = 'STOPPED' where "sessionId" = 'renewed'`);
  expect(await one.renew(leases)).toEqual([{ sessionId: "renewed", desiredState: "STOPPED", pairingPhone: null }]);
});

it("takes no session that nobody wants", async () => {
  await insertSession(database, "unwanted", "STOPPED");
  expect(await one.acquire("unwanted")).toBeUndefined();
  expect(await one.unowned([])).not.toContain("unwanted");
});

it("can be given back, to be taken at once", async () => {
  await insertSession(database, "returned");
  const lease = await one.acquire("returned");
  if (lease === undefined) throw new Error("not taken");
  await one.release(lease);
  expect(await two.acquire("returned")).toMatchObject({ epoch: 2 });
  await one.release(lease); // late, and not its own any more
  expect(await one.acquire("returned")).toBeUndefined();
});

it("knows a worker whose process is gone from one that lives, before its leases run out", async () => {
  await insertSession(database, "orphan");
  await insertSession(database, "cared-for");
  const [dead, alive] = ["dying", "living"].map((id) => new Liveness(template.url, id, testLog));
  await Promise.all([dead?.held(), alive?.held()]);
  await new Leases(database, "dying").acquire("orphan");
  await new Leases(database, "living").acquire("cared-for");
  const owners = async () => (await two.deadOwners()).filter((owner) => ["dying", "living"].includes(owner));
  expect(await owners()).toEqual([]);
  await dead?.stop();
  await expect.poll(owners).toEqual(["dying"]);
  expect(await two.acquire("cared-for", await two.deadOwners())).toBeUndefined();
  expect(await two.acquire("orphan", await two.deadOwners())).toMatchObject({ epoch: 2 });
  await alive?.stop();
});

it("leaves the session's updatedAt alone: a lease is no news", async () => {
  await insertSession(database, "quiet");
  const updatedAt = async () => (await database.query(`select "updatedAt"::text from whatsapp_sessions where "sessionId" = 'quiet'`))[0];
  const before = await updatedAt();
  const lease = await one.acquire("quiet");
  if (lease !== undefined) await one.renew([lease]);
  if (lease !== undefined) await one.release(lease);
  expect(await updatedAt()).toEqual(before);
});
