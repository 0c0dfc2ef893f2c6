import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorkerScene, type RunningWorker, type WorkerScene } from "../../demo/testing/worker-scene.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";

let database: TestDatabase;
let scene: WorkerScene;
let worker: RunningWorker;

beforeAll(async () => {
  database = await createTestDatabase("whatsapp");
  scene = await startWorkerScene(database.url);
  worker = await scene.startWorker();
});
afterAll(async () => {
  await scene.close();
  await database.drop();
});

it.each([
  { code: 515, reason: "restart_required" },
  { code: 428, reason: "connection_lost" },
  { code: 408, reason: "connection_lost" },
  { code: 503, reason: "connection_lost" },
  { code: 500, reason: "connection_lost" },
  { code: 440, reason: "replaced" },
] as const)("opens again after $code", async ({ code, reason }) => {
  const [sessionId, phone] = [`again-${code}`, `1555020${code}1`];
  await scene.pair(sessionId, phone);
  await scene.whatsapp.control.disconnect(phone, code);
  await scene.until(sessionId, (facts) => facts.reason === reason);
  expect(await scene.until(sessionId, ({ status }) => status === "CONNECTED")).toMatchObject({ isActive: true, error: null, hasCredentials: true });
});

it.each([
  { code: 401, reason: "logged_out", status: "DISCONNECTED", hasCredentials: false },
  { code: 402, reason: "banned", status: "ERROR", hasCredentials: true },
  { code: 403, reason: "banned", status: "ERROR", hasCredentials: true },
  { code: 405, reason: "client_outdated", status: "ERROR", hasCredentials: true },
  { code: 411, reason: "pairing_invalid", status: "DISCONNECTED", hasCredentials: false },
] as const)("stops after $code", async ({ code, reason, status, hasCredentials }) => {
  const [sessionId, phone] = [`stop-${code}`, `1555021${code}1`];
  await scene.pair(sessionId, phone);
  await scene.whatsapp.control.disconnect(phone, code);
  const stopped = await scene.until(sessionId, (facts) => facts.reason === reason && !facts.isLeased);
  expect(stopped).toMatchObject({ status, code, desiredState: "STOPPED", isActive: false, hasCredentials });
  expect(stopped.error).not.toBeNull();
  const keys = await scene.api.database.whatsAppSessionKey.count({ where: { sessionId } });
  expect(keys > 0).toBe(hasCredentials);
});

it("shows a QR again once credentials are gone", async () => {
  await scene.connect("stop-401");
  expect(await scene.until("stop-401", ({ status }) => status === "QR_REQUIRED")).toMatchObject({ error: null });
});

it("is an error the second time another client takes over", async () => {
  await scene.pair("fought", "15550220001");
  for (const round of ["first", "second"]) {
    await scene.whatsapp.control.disconnect("15550220001", 440);
    if (round === "first") await scene.until("fought", ({ status, reason }) => status === "CONNECTED" && reason === "replaced");
  }
  const stopped = await scene.until("fought", ({ status }) => status === "ERROR");
  expect(stopped).toMatchObject({ reason: "replaced", code: 440, desiredState: "STOPPED" });
});

it("ends the socket when a user stops the session, within 5 s, and keeps the credentials", async () => {
  await scene.pair("stopped", "15550230001");
  await scene.disconnect("stopped");
  const stopped = await scene.until("stopped", ({ isLeased }) => !isLeased, 5_000);
  expect(stopped).toMatchObject({ status: "DISCONNECTED", reason: "stopped_by_user", error: null, hasCredentials: true });
  expect(scene.whatsapp.control.devices().find(({ phone }) => phone === "15550230001")?.isOnline).toBe(false);
});

it("logs the device of a deleted session out", async () => {
  await scene.pair("deleted", "15550240001");
  await scene.api.post("/api/whatsapp/sessions?sessionId=deleted", {}, { method: "DELETE" });
  await expect.poll(() => scene.whatsapp.control.devices().filter(({ phone }) => phone === "15550240001").length, { timeout: 5_000 }).toBe(0);
});

it("writes neither numbers nor codes into the log", () => {
  const text = worker.lines.join("");
  expect(text).not.toMatch(/1555\d{7}/);
  expect(text).not.toContain("@s.whatsapp.net");
  expect(text).toContain("session taken");
});
