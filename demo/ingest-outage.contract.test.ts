import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { bearer, insertPeople, SERVICE_SECRET, tokenOf, TENANT } from "../testing/legacy-app.ts";
import { AUTH_SECRET } from "../testing/contract/tokens.ts";
import { startRealtimeRecorder, type RealtimeApp, type RealtimeRecorder } from "../testing/realtime-recorder.ts";
import { startSystem, SYSTEM_NAMES, type RunningSystem, type SystemName } from "../testing/systems.ts";
import type { WorkerEnv } from "../worker/env.ts";
import { parseMediaHosts } from "../worker/media/media-hosts.ts";
import { spawnWorker, type WorkerProcess } from "./testing/worker-process.ts";
import { startWhatsapp, type WhatsappServer } from "./whatsapp/start-whatsapp.ts";

/** Both APIs, a worker and a WhatsApp, each a real one; the APIs go away one after the other, and the worker is killed meanwhile. */

const SHOP = "15550001000";
const ADA = "15550002000";
const SESSION = "shop";
const WAIT = { timeout: 60_000, interval: 50 };
const PICTURE = Buffer.from("a picture, as far as this test is concerned");
const EMITTERS: Readonly<Record<SystemName, RealtimeApp>> = {
  legacy: { id: "emits-legacy", key: "legacy-key", secret: "legacy-secret-of-some-length" },
  nest: { id: "emits-nest", key: "nest-key", secret: "nest-secret-of-some-length" },
};

let folder: string;
let template: TestDatabase;
let database: Client;
let realtime: RealtimeRecorder;
let whatsapp: WhatsappServer;
let worker: WorkerProcess;
const systems = new Map<SystemName, RunningSystem>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ingest-outage-"));
  template = await createTestDatabase("whatsapp");
  database = new Client({ connectionString: template.url });
  await database.connect();
  await insertPeople(database);
  await database.query(`delete from whatsapp_sessions`);
  realtime = await startRealtimeRecorder(Object.values(EMITTERS));
  whatsapp = await startWhatsapp();
  for (const name of SYSTEM_NAMES) await start(name);
  await startWorker();
  await pair();
});

afterAll(async () => {
  await worker?.end("SIGKILL");
  for (const system of systems.values()) await system.stop();
  await whatsapp?.close();
  await realtime?.close();
  await database?.end();
  await template?.drop();
  rmSync(folder, { recursive: true, force: true });
});

const ports = new Map<SystemName, number>();

/** Again on the port it had. */
async function start(name: SystemName): Promise<void> {
  const { id, key, secret } = EMITTERS[name];
  const app = { PUSHER_APP_ID: id, PUSHER_KEY: key, PUSHER_SECRET: secret };
  const broker = { PUSHER_HOST: "127.0.0.1", PUSHER_PORT: String(realtime.port), PUSHER_USE_TLS: "false", ...app };
  const env = { SERVICE_TOKEN_SECRET: SERVICE_SECRET, MEDIA_DIR: join(folder, "media"), ...broker };
  const port = ports.get(name);
  const system = await startSystem(name, { databaseUrl: template.url, authSecret: AUTH_SECRET, env, ...(port === undefined ? {} : { port }) });
  ports.set(name, Number(new URL(system.baseUrl).port));
  systems.set(name, system);
}

async function stop(name: SystemName): Promise<void> {
  await systems.get(name)?.stop();
  systems.delete(name);
}

async function startWorker(): Promise<void> {
  const env: WorkerEnv = {
    databaseUrl: template.url,
    ingestUrl: `http://127.0.0.1:${ports.get("nest")}`,
    ingestFallbackUrl: `http://127.0.0.1:${ports.get("legacy")}`,
    serviceTokenSecret: SERVICE_SECRET,
    spoolDir: join(folder, "spool"),
    mediaDir: join(folder, "media"),
    mediaMaxBytes: 10_000_000,
    mediaHosts: parseMediaHosts(whatsapp.mediaHost),
    whatsappUrl: whatsapp.url,
    authStateKeys: [],
    isAgentPrefixed: false,
    sendsPerMinute: 0,
    host: "127.0.0.1",
    port: 0,
    logLevel: "debug",
  };
  worker = spawnWorker(env, { NODE_EXTRA_CA_CERTS: whatsapp.mediaCaFile });
  await worker.ready();
}

async function pair(): Promise<void> {
  const admin = bearer(tokenOf(TENANT, "admin"));
  const reply = await fetch(`${systems.get("nest")?.baseUrl}/api/whatsapp/connect`, {
    method: "POST",
    headers: { ...admin, "content-type": "application/json" },
    body: JSON.stringify({ sessionId: SESSION }),
  });
  expect(reply.status).toBe(200);
  const column = async (name: string): Promise<unknown> => (await database.query(`select "${name}" as it from whatsapp_sessions`)).rows[0]?.it;
  await vi.waitFor(async () => expect(await column("qrCode")).not.toBeNull(), WAIT);
  await whatsapp.control.scan(String(await column("qrCode")), { phone: SHOP, name: "Shop" });
  await vi.waitFor(async () => expect(await column("status")).toBe("CONNECTED"), WAIT);
}

const sent: string[] = [];

async function write(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) sent.push(await whatsapp.control.send({ to: SHOP, from: ADA, name: "Ada", text: `number ${sent.length}` }));
}

/** Everything written so far reached the worker: WhatsApp holds nothing back for it. */
const taken = () =>
  vi.waitFor(() => {
    const [device] = whatsapp.control.devices();
    expect(device).toMatchObject({ isOnline: true, waiting: 0 });
  }, WAIT);

type Row = { readonly messageId: string; readonly content: string | null; readonly mediaUrl: string | null };
const rows = async (): Promise<Row[]> =>
  (await database.query<Row>(`select "messageId", content, "mediaUrl" from whatsapp_messages order by "createdAt", timestamp, id`)).rows;

/** Who told of a fact, and in which order. */
const told = (event: string, name: SystemName): string[] =>
  realtime
    .emissionsOf(EMITTERS[name])
    .filter((emission) => emission.event === event)
    .map(({ data }) => String((data as { messageId?: unknown }).messageId));
const toldByAny = (event: string): string[] => SYSTEM_NAMES.flatMap((name) => told(event, name));

test("every message is stored once, in order, and told once, whichever API answers, and when none does", async () => {
  await write(5);
  await vi.waitFor(async () => expect(await rows()).toHaveLength(5), WAIT);
  await vi.waitFor(() => expect(told("message.received", "nest")).toEqual(sent), WAIT);

  await stop("nest");
  await write(5);
  await vi.waitFor(async () => expect(await rows()).toHaveLength(10), WAIT);
  await vi.waitFor(() => expect(told("message.received", "legacy")).toEqual(sent.slice(5)), WAIT);

  await stop("legacy");
  await write(5);
  const picture = await whatsapp.control.send({
    to: SHOP,
    from: ADA,
    content: { kind: "image", base64: PICTURE.toString("base64"), caption: "look" },
  });
  sent.push(picture);
  await taken();
  await worker.end("SIGKILL");
  await write(3);
  await startWorker();
  await taken();
  await write(2);
  await taken();
  expect(await rows()).toHaveLength(10);

  await start("nest");
  await start("legacy");
  await vi.waitFor(async () => expect(await rows()).toHaveLength(sent.length), WAIT);
  await write(2);
  await vi.waitFor(async () => expect(await rows()).toHaveLength(sent.length), WAIT);
  await vi.waitFor(() => expect(toldByAny("media.processed")).toEqual([picture]), WAIT);

  expect((await rows()).map(({ messageId }) => messageId).toSorted()).toEqual(sent.toSorted());
  await vi.waitFor(() => expect(toldByAny("message.received").toSorted()).toEqual(sent.toSorted()), WAIT);
  for (const name of SYSTEM_NAMES) {
    const order = told("message.received", name).map((id) => sent.indexOf(id));
    expect(order).toEqual(order.toSorted((one, other) => one - other));
  }
  expect(toldByAny("contact.created")).toHaveLength(1);
  expect(whatsapp.control.undecryptable()).toEqual([]);

  const stored = (await rows()).find(({ messageId }) => messageId === picture);
  expect(stored).toMatchObject({ content: "look", mediaUrl: expect.stringContaining("/api/whatsapp/media/") });
  const sha256 = createHash("sha256").update(PICTURE).digest("hex");
  expect(readFileSync(join(folder, "media", TENANT, sha256.slice(0, 2), sha256))).toEqual(PICTURE);
});
