import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { tokenFor } from "../api/testing/test-api.ts";
import { spawnWorker, type WorkerProcess } from "../demo/testing/worker-process.ts";
import { startWorkerScene, type WorkerScene } from "../demo/testing/worker-scene.ts";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";

const SESSION = "shop";
const PHONE = "15550700001";
const CONTACT = "15550710001";

let database: TestDatabase;
let scene: WorkerScene;
let worker: WorkerProcess;

beforeAll(async () => {
  database = await createTestDatabase("whatsapp");
  scene = await startWorkerScene(database.url, { logLevel: "trace" });
  worker = spawnWorker(scene.workerEnv("process"), { NODE_EXTRA_CA_CERTS: scene.whatsapp.mediaCaFile });
  await worker.ready();
});
afterAll(async () => {
  await worker.end("SIGKILL");
  await scene.close();
  await database.drop();
});

const port = () => Number(/"port":(\d+),"msg":"parallax worker ready"/.exec(worker.output())?.[1]);
const get = (path: string) => fetch(`http://127.0.0.1:${port()}${path}`);

it("refuses to start with one line that names every missing and bad variable, and 64", async () => {
  const run = promisify(execFile)(process.execPath, ["bin/parallax.js", "worker"], {
    cwd: PACKAGE_ROOT,
    env: { PATH: process.env["PATH"] ?? "", AUTH_STATE_KEY: "not a key", PORT: "none" },
  });
  const failure = await run.then(
    () => undefined,
    (error: unknown) => error as { code: number; stderr: string; stdout: string },
  );
  expect(failure).toMatchObject({ code: 64, stdout: "" });
  expect(failure?.stderr.trim().split("\n")).toHaveLength(1);
  for (const name of ["DATABASE_URL", "INGEST_URL", "SERVICE_TOKEN_SECRET", "AUTH_STATE_KEY", "PORT"]) expect(failure?.stderr).toContain(name);
  expect(failure?.stderr).not.toContain("not a key");
});

it("tells its health, and counts without naming anybody", async () => {
  await scene.pair(SESSION, PHONE);
  expect(await (await get("/healthz")).json()).toEqual({ status: "ok" });
  expect(await (await get("/readyz")).json()).toEqual({ status: "ok" });
  expect((await get("/elsewhere")).status).toBe(404);
  const metrics = await (await get("/metrics")).text();
  expect(metrics).toContain('parallax_worker_sessions{phase="open"} 1');
  expect(metrics).toContain('parallax_worker_session_events_total{event="opened"} 1');
  expect(metrics).not.toMatch(/1555\d{7}|shop/);
});

it("prints no key, number or text, however much it logs, also when decryption fails and sessions are begun anew", async () => {
  for (const isCorrupted of [false, true])
    await scene.whatsapp.control.send({ to: PHONE, from: CONTACT, text: `secret ${isCorrupted}`, isCorrupted });
  await scene.api.post("/api/whatsapp/chat-messages", { sessionId: SESSION, toJid: CONTACT, content: "secret answer" });
  await expect.poll(() => scene.whatsapp.control.received(CONTACT).length, { timeout: 10_000 }).toBe(1);
  await expect.poll(() => scene.api.database.whatsAppMessage.count({ where: { fromMe: false } }), { timeout: 15_000 }).toBe(2);
  const { creds } = await scene.api.database.whatsAppSession.findUniqueOrThrow({ where: { sessionId: SESSION } });
  const keys = await scene.api.database.whatsAppSessionKey.findMany({ where: { sessionId: SESSION } });
  const secrets = [creds, ...keys.map(({ data }) => data)].flatMap(longTexts);
  expect(secrets.length).toBeGreaterThan(20);
  const printed = worker.output();
  expect(secrets.filter((secret) => printed.includes(secret) || printed.includes(Buffer.from(secret, "base64").toString("hex")))).toEqual([]);
  expect(printed).not.toMatch(/<Buffer|privKey|Closing session|Session error|secret (true|false|answer)|1555\d{7}|@lid|@s\.whatsapp\.net/);
  expect(printed).toContain("session taken");
});

it("uploads a file that is to be sent, encrypted, and sends it with its caption", async () => {
  const form = new FormData();
  for (const [name, value] of Object.entries({ sessionId: SESSION, toJid: CONTACT, content: "the plan", asDocument: "true" })) form.set(name, value);
  form.set("file", new Blob([Buffer.alloc(200_000, "plan")], { type: "application/pdf" }), "plan.pdf");
  const reply = await fetch(`${scene.api.url}/api/whatsapp/send-media`, {
    method: "POST",
    body: form,
    headers: { authorization: `Bearer ${await tokenFor({})}` },
  });
  const { message } = (await reply.json()) as { message: { messageId: string } };
  const find = () => scene.whatsapp.control.received(CONTACT).find(({ id }) => id === message.messageId);
  await expect.poll(() => find()?.kind, { timeout: 15_000 }).toBe("document");
  expect(find()).toMatchObject({ text: "the plan", stanzas: 1 });
  expect(JSON.stringify(find()?.message)).toContain('"fileName":"plan.pdf"');
  await expect
    .poll(() => scene.api.database.whatsAppMessage.findFirst({ where: { messageId: message.messageId } }).then((row) => row?.status), {
      timeout: 5_000,
    })
    .toMatch(/SENT|DELIVERED/);
});

/** Everything in a JSON value that could be a key. */
function longTexts(value: unknown): string[] {
  if (typeof value === "string") return value.length >= 40 ? [value] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(longTexts) : [];
}
