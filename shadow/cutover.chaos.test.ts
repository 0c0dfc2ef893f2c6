import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLogger } from "../lib/log.ts";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../prisma/embedded/embedded-postgres.ts";
import { clusterFolder, serverUser } from "../prisma/embedded/server-user.ts";
import { startUpstream, type ScriptedUpstream } from "../testing/scripted-upstream.ts";
import { isInCanary } from "./core/cutover/canary.ts";
import { STAGES } from "./core/cutover/stage-order.ts";
import { NO_CLAIMS } from "./core/subject.ts";
import type { Stage } from "./core/types.ts";
import { startShadow, type ShadowForTests } from "./testing/start-shadow.ts";

/** Two replicas on one PostgreSQL, traffic without a pause, stages that change under it, and a database that is killed. */

let dataDir: string;
let postgres: EmbeddedPostgres;
let legacy: ScriptedUpstream;
let nest: ScriptedUpstream;
let replicas: ShadowForTests[];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "parallax-cutover-"));
  postgres = await startEmbeddedPostgres({ dataDir, log: createLogger({ program: "test", level: "silent" }), durable: true });
  [legacy, nest] = (await Promise.all(
    ["legacy", "nest"].map((from) =>
      startUpstream((request, response) =>
        response.writeHead(200, { "content-type": "application/json", "x-from": from }).end(`{"url":"${request.url}"}`),
      ),
    ),
  )) as [ScriptedUpstream, ScriptedUpstream];
  const yaml = JSON.stringify({ endpoints: [{ id: "contacts.list", match: "GET /contacts" }], families: { contacts: { stage: "shadow" } } });
  const start = () => startShadow({ legacyUrl: legacy.url, candidateUrl: nest.url, storeUrl: () => postgres.ensureDatabase("parallax"), yaml });
  replicas = [await start(), await start()];
});
afterAll(async () => {
  for (const replica of replicas) await replica.stop();
  await Promise.all([legacy.close(), nest.close()]);
  await postgres.stop();
  await rm(clusterFolder(dataDir, serverUser()), { recursive: true, force: true });
  await rm(dataDir, { recursive: true, force: true });
});

const [one, other] = [() => replicas[0] as ShadowForTests, () => replicas[1] as ShadowForTests];
const token = (tenantId: string): string => `x.${Buffer.from(JSON.stringify({ sub: "u1", tenantId })).toString("base64url")}.x`;
const change = (replica: ShadowForTests, path: string, body: object): Promise<Response> =>
  replica.ops(`/api/cutover/contacts${path}`, { method: path === "" ? "PUT" : "POST", body: JSON.stringify({ reason: "chaos", ...body }) });

async function ownerOf(replica: ShadowForTests, tenant: string): Promise<string> {
  const response = await fetch(`${replica.url}/contacts?t=${tenant}`, { headers: { authorization: `Bearer ${token(tenant)}` } });
  await response.arrayBuffer();
  return response.status === 200 ? (response.headers.get("x-from") ?? "nobody") : `status ${response.status}`;
}

/** Requests without a pause, at both replicas, until stopped; answers who answered. */
function traffic(ratePerSecond: number): { readonly stop: () => Promise<readonly string[]> } {
  const answers: Promise<string>[] = [];
  const timer = setInterval(() => {
    for (let index = 0; index < ratePerSecond / 50; index += 1)
      answers.push(ownerOf(answers.length % 2 === 0 ? one() : other(), `t${answers.length % 100}`).catch((error: unknown) => String(error)));
  }, 20);
  const stop = (): Promise<readonly string[]> => {
    clearInterval(timer);
    return Promise.all(answers);
  };
  return { stop };
}

it("a flip and a rollback at 300 requests a second reach both replicas within a second, and no request fails", async () => {
  const running = traffic(300);
  await change(one(), "", { stage: "canary", percent: 100, override: true });
  const flippedAt = performance.now();
  await expect.poll(() => ownerOf(other(), "t1"), { timeout: 5_000, interval: 10 }).toBe("nest");
  const flipMs = performance.now() - flippedAt;
  await change(other(), "/rollback", {});
  const backAt = performance.now();
  await expect.poll(() => ownerOf(one(), "t1"), { timeout: 5_000, interval: 10 }).toBe("legacy");
  const backMs = performance.now() - backAt;
  const answers = await running.stop();
  expect(answers.filter((answer) => answer !== "legacy" && answer !== "nest")).toEqual([]);
  expect(answers.length).toBeGreaterThan(10);
  expect(Math.max(flipMs, backMs)).toBeLessThan(1_000);
});

describe("random changes under traffic", () => {
  const step = fc.record({
    stage: fc.constantFrom<Stage>(...STAGES),
    percent: fc.integer({ min: 1, max: 100 }),
    at: fc.constantFrom(0, 1),
  });

  it("each request is answered by the one system that its stage and subject say, and the ledger sums", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 6 }), async (steps) => {
        for (const { stage, percent, at } of steps) {
          const replica = replicas[at] as ShadowForTests;
          const response = await change(replica, "", { stage, override: true, ...(stage === "canary" ? { percent } : {}) });
          expect(response.status).toBe(200);
          const tenants = Array.from({ length: 20 }, (_, index) => `t${index}`);
          const answers = await Promise.all(tenants.map((tenant) => ownerOf(replica, tenant)));
          expect(answers).toEqual(tenants.map((tenant) => expectedOwner(stage, percent, tenant)));
        }
        for (const replica of replicas) await replica.ledger("contacts.list"); // throws unless it sums
      }),
      { numRuns: 6, seed: 5 },
    );
  });

  function expectedOwner(stage: Stage, percent: number, tenant: string): string {
    if (stage === "canary") return isInCanary({ ...NO_CLAIMS, tenant }, { salt: "contacts", percent }) ? "nest" : "legacy";
    return stage === "nest" || stage === "retired" ? "nest" : "legacy";
  }
});

it("with the database killed both replicas go on; a rollback holds at once where it was asked for, and everywhere once it is back", async () => {
  await change(one(), "", { stage: "canary", percent: 100, override: true });
  await expect.poll(() => ownerOf(other(), "t1"), { timeout: 5_000 }).toBe("nest");
  const running = traffic(100);
  const killed = postgres.pid();
  process.kill(killed, "SIGKILL");
  const response = await change(one(), "/rollback", {});
  expect(response.status).toBe(200);
  expect(await ownerOf(one(), "t1")).toBe("legacy");
  await expect.poll(() => postgres.pid(), { timeout: 15_000 }).not.toBe(killed);
  await expect.poll(() => ownerOf(other(), "t1"), { timeout: 20_000, interval: 100 }).toBe("legacy");
  const answers = await running.stop();
  expect(answers.filter((answer) => answer !== "legacy" && answer !== "nest")).toEqual([]);
  await expect
    .poll(async () => ((await (await one().ops("/api/cutover/history")).json()) as { entries: { reason: string }[] }).entries.at(-1)?.reason, {
      timeout: 10_000,
    })
    .toMatch(/^chaos(?: \(made while the store was down\))?$/);
});
