import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createLogger } from "../lib/log.ts";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../prisma/embedded/embedded-postgres.ts";
import { clusterFolder, serverUser } from "../prisma/embedded/server-user.ts";
import { startUpstream, type ScriptedUpstream } from "../testing/scripted-upstream.ts";
import { startShadow, type ShadowForTests } from "./testing/start-shadow.ts";

/** The store's server is killed with SIGKILL under traffic, and comes back by itself. */

let dataDir: string;
let postgres: EmbeddedPostgres;
let upstream: ScriptedUpstream;
let shadow: ShadowForTests;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "parallax-store-"));
  postgres = await startEmbeddedPostgres({ dataDir, log: createLogger({ program: "test", level: "silent" }), durable: true });
  upstream = await startUpstream((_request, response) => response.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}'));
  const yaml = JSON.stringify({ endpoints: [{ id: "reads", match: "GET /reads" }], families: { reads: { stage: "shadow" } } });
  shadow = await startShadow({ legacyUrl: upstream.url, candidateUrl: upstream.url, storeUrl: () => postgres.ensureDatabase("parallax"), yaml });
});
afterAll(async () => {
  await shadow.stop();
  await upstream.close();
  await postgres.stop();
  await rm(clusterFolder(dataDir, serverUser()), { recursive: true, force: true });
  await rm(dataDir, { recursive: true, force: true });
});

async function read(count: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = 0; index < count; index += 1) statuses.push((await fetch(`${shadow.url}/reads`)).status);
  return statuses;
}

it("a store killed under traffic costs no client anything, and comparing goes on once it is back", async () => {
  const statuses = await read(20);
  await expect.poll(() => shadow.ledger("reads")).toEqual({ eligible: 20, matched: 20 });

  const killed = postgres.pid();
  process.kill(killed, "SIGKILL");
  await expect.poll(() => postgres.pid(), { timeout: 15_000 }).not.toBe(killed);
  statuses.push(...(await read(20)));

  // Once the store answers again, a read is compared again.
  await expect
    .poll(
      async () => {
        statuses.push(...(await read(1)));
        return shadow.ledger("reads").then(
          ({ matched = 0 }) => matched,
          () => 0,
        );
      },
      { timeout: 30_000, interval: 250 },
    )
    .toBeGreaterThan(20);
  expect(new Set(statuses)).toEqual(new Set([200]));
  await expect.poll(async () => (await shadow.ledger("reads")).eligible, { timeout: 5_000 }).toBe(statuses.length);
});
