import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { readSends } from "./read-sends.ts";
import { listSends } from "./send-listing.ts";
import { connectStore, type StoreClient } from "./store.ts";

let database: TestDatabase;
let store: StoreClient;
beforeAll(async () => {
  database = await createTestDatabase("parallax");
  store = connectStore({ url: database.url, poolMax: 1, applicationName: "test" });
});
afterAll(async () => {
  await store.$disconnect();
  await database.drop();
});

it("a send whose holder is gone is of unknown fate before any sweep says so, as its client is told", async () => {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  for (const [id, lease] of [
    ["held", "now() + interval '5 s'"],
    ["abandoned", "now() - interval '1 s'"],
  ])
    await client.query(
      `insert into parallax.sends (id, slot, "requestId", endpoint, family, owner, "keyId", "sealedKey", "isWindow", state, attempt, "startedAt", "leaseUntil")
       values ($1, $1, $1, 'sends.text', 'sends', 'legacy', 'k', '\\x00', false, 'in-flight', 1, now(), ${lease})`,
      [id],
    );
  await client.end();
  const idsOf = async (state: "unknown" | "in-flight"): Promise<string[]> =>
    (await listSends(store, { state, limit: 10 })).sends.map((send) => `${send.id} ${send.state}`);
  expect(await idsOf("unknown")).toEqual(["abandoned unknown"]);
  expect(await idsOf("in-flight")).toEqual(["held in-flight"]);
  expect((await readSends(store, new Date(0))).unknown).toBe(1);
});
