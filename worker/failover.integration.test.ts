import { afterAll, beforeAll, expect, it } from "vitest";
import { spawnWorker, type WorkerProcess } from "../demo/testing/worker-process.ts";
import { startWorkerScene, type WorkerScene } from "../demo/testing/worker-scene.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";

const SESSION = "shop";
const PHONE = "15550500001";
/** How long a session may be without a socket when its worker is killed. */
const TAKEOVER_MS = 10_000;

let database: TestDatabase;
let scene: WorkerScene;
const workers = new Map<string, WorkerProcess>();

async function start(name: string): Promise<WorkerProcess> {
  const worker = spawnWorker(scene.workerEnv(name));
  workers.set(name, worker);
  await worker.ready();
  return worker;
}
const byPid = (pid: number) => [...workers.values()].find((worker) => worker.pid === pid);

beforeAll(async () => {
  database = await createTestDatabase("whatsapp");
  scene = await startWorkerScene(database.url);
  await Promise.all([start("one"), start("two")]);
});
afterAll(async () => {
  for (const worker of workers.values()) await worker.end("SIGKILL");
  await scene.close();
  await database.drop();
});
/** The pid of the worker that leases the session. */
async function ownerOf(): Promise<number> {
  const { leaseOwner } = await scene.api.database.whatsAppSession.findUniqueOrThrow({ where: { sessionId: SESSION } });
  return Number(/-(\d+)-[0-9a-f]{8}-/.exec(leaseOwner ?? "")?.[1]);
}
const isOnline = () => scene.whatsapp.control.devices().some((device) => device.phone === PHONE && device.isOnline);

it("lets one of two workers take a session, and the other leaves it alone", async () => {
  await scene.pair(SESSION, PHONE);
  const owner = byPid(await ownerOf());
  const other = [...workers.values()].find((worker) => worker !== owner);
  expect(owner?.output()).toContain("session taken");
  expect(other?.output()).not.toContain("session taken");
  expect((await scene.facts(SESSION)).epoch).toBe(1);
});

it("moves a session within 10 s when its worker is killed", async () => {
  const before = await scene.facts(SESSION);
  const killed = await ownerOf();
  await byPid(killed)?.end("SIGKILL");
  const killedAt = performance.now();
  await scene.until(SESSION, ({ openedAtMs }) => openedAtMs > before.openedAtMs, TAKEOVER_MS);
  expect(performance.now() - killedAt).toBeLessThan(TAKEOVER_MS);
  expect(await ownerOf()).not.toBe(killed);
  expect(isOnline()).toBe(true);
  await scene.whatsapp.control.send({ to: PHONE, from: "15550510001", text: "still there?" });
  await expect.poll(() => scene.api.database.whatsAppMessage.count({ where: { content: "still there?" } }), { timeout: 5_000 }).toBe(1);
});

it("hands a session over when its worker is told to end, and ends with 0", async () => {
  await start("three");
  const before = await scene.facts(SESSION);
  const ending = byPid(await ownerOf());
  expect(await ending?.end("SIGTERM")).toBe(0);
  const after = await scene.until(SESSION, ({ openedAtMs }) => openedAtMs > before.openedAtMs, TAKEOVER_MS);
  expect(after.epoch).toBe(before.epoch + 1);
  expect(after.error).toBeNull();
});

it("never had two workers hold the socket: WhatsApp would have replaced one of them", () => {
  for (const worker of workers.values()) expect(worker.output()).not.toMatch(/"replaced"|lease is lost/);
  expect(workers.size).toBe(3);
});
