import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import { waitUntil } from "../lib/processes.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { startUpstream, type ScriptedUpstream } from "../testing/scripted-upstream.ts";
import { startTcpRelay } from "../testing/tcp-relay.ts";
import type { Ledger, Report } from "./core/summary/report.ts";
import { startShadow, type ShadowForTests } from "./testing/start-shadow.ts";

/** The ledger sums whatever dies: the thread that compares, the store, the whole process. */

const YAML = JSON.stringify({
  endpoints: [
    { id: "same", match: "GET /same" },
    { id: "other", match: "GET /other" },
  ],
  families: { same: { stage: "shadow" }, other: { stage: "shadow" } },
  limits: { reReadPerSecond: 1_000 },
});
const PATHS = ["/same", "/other"] as const;

let database: TestDatabase;
let legacy: ScriptedUpstream;
let nest: ScriptedUpstream;
const cleanUps: (() => Promise<unknown>)[] = [];

const startSystem = (name: string): Promise<ScriptedUpstream> =>
  startUpstream((request, response) => {
    const body = { value: request.url === "/other" ? name : "both" };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  });

beforeAll(async () => {
  database = await createTestDatabase("parallax");
  [legacy, nest] = await Promise.all([startSystem("legacy"), startSystem("nest")]);
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});
afterAll(async () => {
  await Promise.all([legacy.close(), nest.close()]);
  await database.drop();
});

/** A pace that leaves the event loop idle for most of the time: proxy, clients and both systems share this process, and a busy loop is shed for. */
const PACE_MS = 40;
/** Compared reads that show that comparing goes on. Few: on a busy machine most are shed. */
const SOME = 5;
/** A busy machine is no fault. */
const PATIENCE_MS = 60_000;
const TEST_TIMEOUT_MS = 240_000;

/** Reads both paths in turn, several at a time, until told to stop; answers how many were answered per path. */
function startLoad(url: string): { readonly counts: Record<(typeof PATHS)[number], number>; readonly stop: () => Promise<void> } {
  const counts = { "/same": 0, "/other": 0 };
  let isStopping = false;
  const read = async (lane: number): Promise<void> => {
    for (let made = lane; !isStopping; made += 1) {
      const path = PATHS[made % PATHS.length] ?? "/same";
      const response = await fetch(url + path).catch(() => undefined);
      if (response === undefined) return; // the proxy is gone
      await response.text().then(
        () => (counts[path] += 1),
        () => undefined,
      );
      await sleep(PACE_MS);
    }
  };
  const lanes = [0, 1].map(read);
  return {
    counts,
    stop: async () => {
      isStopping = true;
      await Promise.all(lanes);
    },
  };
}

/** The ledger of an endpoint, of which nothing is pending. `startShadow` refuses one that does not sum. */
async function settled(shadow: ShadowForTests, endpoint: string): Promise<Partial<Ledger>> {
  let ledger: Partial<Ledger> = {};
  await until(async () => ((ledger = await shadow.ledger(endpoint)).pending ?? 0) === 0, PATIENCE_MS, `${endpoint} still has reads pending`);
  return ledger;
}

describe("the ledger", () => {
  it(
    "sums, and counts every read once, when the thread that compares dies under load",
    async () => {
      const store = await createTestDatabase("parallax");
      const threads: Worker[] = [];
      const remember = (worker: Worker): void => void threads.push(worker);
      process.on("worker", remember);
      const shadow = await startShadow({ legacyUrl: legacy.url, candidateUrl: nest.url, storeUrl: store.url, yaml: YAML });
      cleanUps.push(
        () => store.drop(),
        () => shadow.stop(),
      );
      const load = startLoad(shadow.url);
      for (const wanted of [1, 2, 3]) {
        await until(() => threads.length === wanted, PATIENCE_MS, "the thread did not start again");
        const before = (await shadow.ledger("same")).matched ?? 0;
        await until(async () => ((await shadow.ledger("same")).matched ?? 0) > before + SOME, PATIENCE_MS, "nothing was compared");
        if (wanted < 3) await threads[wanted - 1]?.terminate();
      }
      await load.stop();
      process.off("worker", remember);
      const same = await settled(shadow, "same");
      const other = await settled(shadow, "other");
      expect(same.eligible).toBe(load.counts["/same"]);
      expect(other.eligible).toBe(load.counts["/other"]);
      expect(same).toEqual({ eligible: same.eligible, matched: same.matched, shed: same.shed });
      expect(same.shed).toBeGreaterThan(0);
    },
    TEST_TIMEOUT_MS,
  );

  it(
    "sums, and counts every read once, when the store goes away in the middle",
    async () => {
      const store = await createTestDatabase("parallax");
      const direct = new URL(store.url);
      const relay = await startTcpRelay({ host: direct.hostname, port: Number(direct.port) });
      const relayed = new URL(store.url);
      relayed.port = String(relay.port);
      const shadow = await startShadow({ legacyUrl: legacy.url, candidateUrl: nest.url, storeUrl: relayed.href, yaml: YAML });
      cleanUps.push(
        () => store.drop(),
        () => relay.cut(),
        () => shadow.stop(),
      );
      const load = startLoad(shadow.url);
      const degraded = async (): Promise<string> => JSON.stringify(await (await shadow.ops("/readyz")).json());
      await until(async () => ((await shadow.ledger("same")).matched ?? 0) > SOME, PATIENCE_MS, "nothing was compared");
      await relay.cut();
      await until(async () => (await degraded()).includes("store:"), PATIENCE_MS, "nobody noticed that the store is gone");
      const atOutage = load.counts["/same"];
      await until(() => load.counts["/same"] > atOutage + SOME, PATIENCE_MS, "clients were not served");
      await relay.restore();
      await until(async () => !(await degraded()).includes("store:"), PATIENCE_MS, "the store is back and nobody noticed");
      const before = (await shadow.ledger("same")).matched ?? 0;
      await until(async () => ((await shadow.ledger("same")).matched ?? 0) > before + SOME, PATIENCE_MS, "nothing is compared any more");
      await load.stop();
      const same = await settled(shadow, "same");
      const other = await settled(shadow, "other");
      expect(same.eligible).toBe(load.counts["/same"]);
      expect(other.eligible).toBe(load.counts["/other"]);
      expect(same.shed).toBeGreaterThan(0);
    },
    TEST_TIMEOUT_MS,
  );

  it(
    "sums, and counts no read twice, when the process is killed under load and starts again on the same store",
    async () => {
      const dataDir = await mkdtemp(join(tmpdir(), "parallax-killed-"));
      cleanUps.push(() => rm(dataDir, { recursive: true, force: true }));
      const first = await startProcess(dataDir);
      const firstLoad = startLoad(first.url);
      await until(async () => matchedOf(await first.summary()) > SOME, PATIENCE_MS, "nothing was compared");
      const known = ledgersOf(await first.summary());
      await first.kill("SIGKILL");
      await firstLoad.stop();
      const second = await startProcess(dataDir);
      const secondLoad = startLoad(second.url);
      await until(async () => matchedOf(await second.summary()) > known.same.matched + SOME, PATIENCE_MS, "nothing was compared after the restart");
      await secondLoad.stop();
      let ledgers = ledgersOf(await second.summary());
      // What the killed process left undecided is pending until its heart has not beaten for a while, then shed.
      await stopOldestHeart();
      await until(
        async () => Object.values((ledgers = ledgersOf(await second.summary()))).every(({ pending }) => pending === 0),
        PATIENCE_MS,
        "what the killed process left is still pending",
      );
      for (const [id, path] of [
        ["same", "/same"],
        ["other", "/other"],
      ] as const) {
        const { eligible, ...others } = ledgers[id];
        expect(Object.values(others).reduce((sum, count) => sum + count, 0)).toBe(eligible);
        expect(eligible).toBeLessThanOrEqual(firstLoad.counts[path] + secondLoad.counts[path]);
        expect(eligible).toBeGreaterThanOrEqual(known[id].eligible + secondLoad.counts[path]);
      }
      expect(await second.kill("SIGTERM")).toBe(0);
    },
    TEST_TIMEOUT_MS,
  );
});

async function until(condition: () => boolean | Promise<boolean>, timeoutMs: number, complaint: string): Promise<void> {
  if (!(await waitUntil(condition, timeoutMs))) throw new Error(complaint);
}

type Ledgers = { readonly same: Ledger; readonly other: Ledger };

function ledgersOf({ endpoints }: Report): Ledgers {
  const of = (wanted: string): Ledger => {
    const found = endpoints.find(({ id }) => id === wanted);
    if (found === undefined) throw new Error(`the report has no endpoint ${wanted}`);
    return found.ledger;
  };
  return { same: of("same"), other: of("other") };
}

const matchedOf = (report: Report): number => ledgersOf(report).same.matched;

type ProxyProcess = {
  readonly url: string;
  readonly summary: () => Promise<Report>;
  readonly kill: (signal: "SIGKILL" | "SIGTERM") => Promise<number | null>;
};

/** `parallax serve` as its own process, on the same data directory and store. */
async function startProcess(dataDir: string): Promise<ProxyProcess> {
  const token = "0123456789abcdef-ops";
  const child = spawn(process.execPath, [join(PACKAGE_ROOT, "dist", "cli", "main.js"), "serve", "--config", await writeConfig(dataDir)], {
    cwd: PACKAGE_ROOT,
    env: {
      PATH: process.env["PATH"],
      LEGACY_URL: legacy.url,
      CANDIDATE_URL: nest.url,
      PORT: "0",
      OPS_PORT: "0",
      PARALLAX_DATABASE_URL: database.url,
      PARALLAX_DATA_DIR: dataDir,
      PARALLAX_OPS_TOKENS: `ops:releaser:${token}`,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  cleanUps.push(() => end(child, "SIGKILL"));
  const { port, opsPort } = await readyLine(child);
  const opsUrl = `http://127.0.0.1:${opsPort}`;
  return {
    url: `http://127.0.0.1:${port}`,
    summary: async () => (await (await fetch(`${opsUrl}/api/summary`, { headers: { authorization: `Bearer ${token}` } })).json()) as Report,
    kill: (signal) => end(child, signal),
  };
}

async function end(child: ChildProcess, signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }
  return child.exitCode;
}

/** As if half a minute had gone by since the first process was killed. */
async function stopOldestHeart(): Promise<void> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(
    `update parallax.runs set "heartbeatAt" = now() - interval '1 minute' where "startedAt" = (select min("startedAt") from parallax.runs)`,
  );
  await client.end();
}

async function writeConfig(dataDir: string): Promise<string> {
  const file = join(dataDir, "parallax.json");
  await writeFile(file, YAML);
  return file;
}

/** The ports of the line that says that it serves. */
async function readyLine(child: ChildProcess): Promise<{ readonly port: number; readonly opsPort: number }> {
  if (child.stdout === null) throw new Error("no output to read");
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.includes('"msg":"parallax ready"')) continue;
    child.stdout.resume();
    return JSON.parse(line) as { port: number; opsPort: number };
  }
  throw new Error("the proxy ended before it served");
}
