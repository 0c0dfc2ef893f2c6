import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { createWhatsappClient } from "../../prisma/clients.ts";
import { sql } from "./sql.ts";
import type { Database } from "./tokens.ts";
import { notify, Transactions } from "./transactions.ts";
import { listenAsWorker, type Listener } from "../testing/notifications.ts";

let db: TestDatabase;
let database: Database;
let worker: Listener;
let transactions: Transactions;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  database = createWhatsappClient({ url: db.url, poolMax: 4, connectTimeoutMs: 5_000, applicationName: "test" });
  worker = await listenAsWorker(db.url);
  transactions = new Transactions(database, { nowMs: Date.now, deadlineMs: 10_000, connectTimeoutMs: 5_000 });
});
afterAll(async () => {
  await worker.close();
  await database.$disconnect();
  await db.drop();
});
beforeEach(async () => {
  await database.tenant.deleteMany();
  await database.tenant.createMany({ data: ["a", "b"].map((id) => ({ id, name: id })) });
});

const names = async () => (await database.tenant.findMany({ orderBy: { id: "asc" } })).map(({ name }) => name);
const rename = (id: string, name: string) => ({ where: { id }, data: { name } });

describe("a transaction", () => {
  it("commits all, then runs what waits for the commit, and tells the worker", async () => {
    const seen: (readonly string[])[] = [];
    await transactions.run("r1", async (transaction) => {
      transaction.onCommit(() => void names().then((now) => seen.push(now)));
      await transaction.db.tenant.update(rename("a", "A"));
      await notify(transaction, "whatsapp_session", "s1");
      expect(await worker.take()).toEqual([]);
    });
    await expect.poll(() => seen).toEqual([["A", "b"]]);
    expect(await worker.take()).toEqual(["whatsapp_session s1"]);
  });

  it("that throws leaves nothing behind and tells nobody", async () => {
    let hasRun = false;
    const work = transactions.run("r1", async (transaction) => {
      transaction.onCommit(() => (hasRun = true));
      await transaction.db.tenant.update(rename("a", "A"));
      await notify(transaction, "whatsapp_session", "s1");
      throw new Error("no");
    });
    await expect(work).rejects.toThrow("no");
    expect([await names(), hasRun, await worker.take()]).toEqual([["a", "b"], false, []]);
  });

  it("past the handler's deadline commits nothing: the client was told so", async () => {
    const late = new Transactions(database, { nowMs: Date.now, deadlineMs: 50, connectTimeoutMs: 5_000 });
    const work = late.run("r1", async ({ db: inside }) => {
      await inside.tenant.update(rename("a", "A"));
      await inside.$queryRaw(sql`select pg_sleep(0.2)::text`);
    });
    await expect(work).rejects.toBeDefined();
    expect(await names()).toEqual(["a", "b"]);
  });

  it("that another one has deadlocked with is done again, its effects once", async () => {
    let attempts = 0;
    let effects = 0;
    const met = { first: signal(), second: signal() };
    const cross = (mine: string, other: string, [arrive, wait]: readonly [Signal, Signal]) =>
      transactions.run("r1", async (transaction) => {
        attempts += 1;
        transaction.onCommit(() => (effects += 1));
        await transaction.db.tenant.update(rename(mine, `${mine}-${attempts}`));
        arrive.resolve();
        await wait.promise;
        await transaction.db.tenant.update(rename(other, `${other}-${attempts}`));
      });
    await Promise.all([cross("a", "b", [met.first, met.second]), cross("b", "a", [met.second, met.first])]);
    expect(attempts).toBe(3);
    expect(effects).toBe(2);
  });
});

type Signal = { readonly promise: Promise<void>; readonly resolve: () => void };

function signal(): Signal {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve: () => resolve() };
}
