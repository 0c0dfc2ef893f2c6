import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { startTcpRelay, type TcpRelay } from "../testing/tcp-relay.ts";
import { SendStore } from "./store/send-store.ts";
import { sendSteps } from "./testing/send-commands.ts";
import { startSendOwner, tokenFor, type SendOwner } from "./testing/send-owner.ts";
import { SendWorld, type LedgerTable } from "./testing/send-world.ts";
import { AUTH_SECRET, startShadow, type ShadowForTests } from "./testing/start-shadow.ts";

/** Several replicas, one table; a store that goes away; proxies that are killed. */
let database: TestDatabase;
let sql: Client;
let legacy: SendOwner;
let nest: SendOwner;

beforeAll(async () => {
  [database, legacy, nest] = await Promise.all([
    createTestDatabase("parallax"),
    startSendOwner({ name: "legacy", honoursKey: false }),
    startSendOwner({ name: "nest", honoursKey: true }),
  ]);
  sql = new Client({ connectionString: database.url });
  await sql.connect();
});
afterAll(async () => {
  await Promise.all([legacy.close(), nest.close(), sql.end()]);
  await database.drop();
});

const yamlAt = (stage: "legacy" | "shadow", family = "sends"): string =>
  JSON.stringify({
    endpoints: [{ id: "sends.text", match: "POST /messages", class: "send", family }],
    families: { [family]: { stage, nestHonoursKey: true, doubleClickGuard: true } },
  });
const start = (storeUrl: string | (() => Promise<string>), yaml = yamlAt("shadow")): Promise<ShadowForTests> =>
  startShadow({ legacyUrl: legacy.url, candidateUrl: nest.url, storeUrl, yaml });

const TOKEN = tokenFor("ana", AUTH_SECRET);
async function send(base: string, key: string | undefined, text = "hello"): Promise<{ readonly status: number; readonly text: string }> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${TOKEN}`, ...(key === undefined ? {} : { "idempotency-key": key }) };
  const response = await fetch(`${base}/messages`, { method: "POST", headers, body: JSON.stringify({ to: "15550100001", text }) });
  return { status: response.status, text: await response.text() };
}
const sentOf = (owner: SendOwner, key: string): number => owner.sent.filter((each) => each.key === key).length;

it("two replicas, a hundred clients, the same fifty keys: fifty sends", async () => {
  const replicas = [await start(database.url), await start(database.url)];
  const keys = Array.from({ length: 50 }, (_, index) => `shared-${index}`);
  const answers = new Map<string, Set<string>>(keys.map((key) => [key, new Set()]));
  const client = async (index: number): Promise<void> => {
    for (let asked = 0; asked < keys.length; asked += 1) {
      const key = keys[(asked + index) % keys.length] ?? "";
      for (;;) {
        const { status, text } = await send(replicas[(asked + index) % 2]?.url ?? "", key);
        if (status === 409) {
          await sleep(20); // in flight at the other one, say: a client waits before it asks again
          continue;
        }
        expect(status).toBe(200);
        answers.get(key)?.add(text);
        break;
      }
    }
  };
  await Promise.all(Array.from({ length: 100 }, (_, index) => client(index)));
  expect(keys.map((key) => sentOf(legacy, key))).toEqual(keys.map(() => 1));
  expect([...answers.values()].map(({ size }) => size)).toEqual(keys.map(() => 1));
  for (const replica of replicas) await replica.stop();
}, 120_000);

it("two replicas and one impatient finger: one send without a key", async () => {
  const replicas = [await start(database.url), await start(database.url)];
  const before = legacy.sent.length;
  legacy.behave({ kind: "hold" });
  const clicks = replicas.map((replica) => send(replica.url, undefined, "across replicas"));
  await expect.poll(() => legacy.heldCount()).toBe(1);
  legacy.behave({ kind: "accept" });
  legacy.proceed();
  const [one, other] = await Promise.all(clicks);
  expect(one).toEqual(other);
  expect(legacy.sent.length - before).toBe(1);
  for (const replica of replicas) await replica.stop();
});

describe("a proxy that is gone", () => {
  it("leaves its sends unknown, and another one asks an owner that honours keys, and no other", async () => {
    const shadow = await start(database.url, yamlAt("shadow", "orphans"));
    for (const [owner, key, status] of [
      ["legacy", "orphan-1", 409],
      ["nest", "orphan-2", 200],
    ] as const) {
      await send(shadow.url, key);
      // As if it had been killed while the owner worked: no answer, and nobody to prolong the lease.
      const changed = await sql.query(
        `update parallax.sends set state = 'in-flight', answer = null, "freeAt" = null, owner = $1, "leaseUntil" = now() - interval '1 s'
         where id = (select id from parallax.sends where family = 'orphans' order by "startedAt" desc limit 1)`,
        [owner],
      );
      expect(changed.rowCount).toBe(1);
      expect((await send(shadow.url, key)).status).toBe(status);
      expect([sentOf(legacy, key), sentOf(nest, key)]).toEqual(owner === "nest" ? [1, 1] : [1, 0]);
    }
    await shadow.stop();
  });
});

describe("a store that does not answer", () => {
  let relay: TcpRelay;
  beforeAll(async () => {
    const { hostname, port } = new URL(database.url);
    relay = await startTcpRelay({ host: hostname, port: Number(port) });
  });
  afterAll(() => relay.cut());
  const throughRelay = (): string => {
    const url = new URL(database.url);
    url.port = String(relay.port);
    return url.href;
  };

  it("lets sends pass at stage legacy, and counts them", async () => {
    const shadow = await start(() => Promise.reject(new Error("no store")), yamlAt("legacy"));
    expect((await send(shadow.url, "unprotected-1")).status).toBe(200);
    expect(sentOf(legacy, "unprotected-1")).toBe(1);
    const metrics = await (await fetch(`${shadow.opsUrl}/metrics`)).text();
    expect(metrics).toContain('parallax_sends_total{endpoint="sends.text",outcome="unprotected"} 1');
    await shadow.stop();
  });

  it("stops sends from stage shadow on: 503, and nothing is sent", async () => {
    // The npm plug-in failed open.
    const shadow = await start(throughRelay(), yamlAt("shadow"));
    expect((await send(shadow.url, "closed-1")).status).toBe(200);
    await relay.cut();
    const { status, text } = await send(shadow.url, "closed-2");
    expect([status, JSON.parse(text)]).toEqual([503, { error: "Service unavailable", details: expect.any(String) as string }]);
    expect((await send(shadow.url, "closed-1")).status).toBe(503);
    await relay.restore();
    await expect.poll(async () => (await send(shadow.url, "closed-2")).status, { timeout: 10_000 }).toBe(200);
    expect([sentOf(legacy, "closed-1"), sentOf(legacy, "closed-2")]).toEqual([1, 1]);
    await shadow.stop();
  });

  it("that goes away while the owner works costs the client nothing: the answer is written later", async () => {
    const shadow = await start(throughRelay(), yamlAt("shadow"));
    legacy.behave({ kind: "hold" });
    const first = send(shadow.url, "late-1");
    await expect.poll(() => legacy.heldCount()).toBe(1);
    await relay.cut();
    legacy.behave({ kind: "accept" });
    legacy.proceed();
    const { status, text } = await first;
    expect(status).toBe(200);
    await relay.restore();
    await expect.poll(() => send(shadow.url, "late-1"), { timeout: 10_000 }).toEqual({ status: 200, text });
    expect(sentOf(legacy, "late-1")).toBe(1);
    await shadow.stop();
  });
});

it("the table in PostgreSQL keeps the promise that the plain one keeps", async () => {
  const store = new SendStore(database.url);
  const shift = async (ms: number): Promise<void> => {
    await sql.query(
      `update parallax.sends set "leaseUntil" = "leaseUntil" - make_interval(secs => $1), "freeAt" = "freeAt" - make_interval(secs => $1)`,
      [ms / 1_000],
    );
  };
  await fc.assert(
    fc.asyncProperty(sendSteps(40), async (steps) => {
      await sql.query("delete from parallax.sends");
      const table: LedgerTable = {
        begin: (entry, leaseMs) => store.begin(entry, leaseMs),
        claim: (row, leaseMs) => store.claim(row, leaseMs),
        complete: (completion) => store.complete(completion),
        settle: (settlement) => store.settle(settlement),
        putAside: (id) => store.putAside(id),
        find: (id) => store.find(id),
        sweep: (windowMs) => store.sweep(windowMs),
        advance: shift,
      };
      const world = new SendWorld(table);
      await fc.asyncModelRun(() => ({ model: {}, real: world }), steps);
      expect(await world.finish()).toBe("kept");
    }),
    { numRuns: 40 },
  );
  await store.close();
}, 60_000);
