import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorkerScene, type WorkerScene } from "../../demo/testing/worker-scene.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";

const PHONE = "15550100001";

let database: TestDatabase;
let scene: WorkerScene;

beforeAll(async () => {
  database = await createTestDatabase("whatsapp");
  scene = await startWorkerScene(database.url);
});
afterAll(async () => {
  await scene.close();
  await database.drop();
});

it("pairs by QR, and opens again after a restart without pairing", async () => {
  const worker = await scene.startWorker();
  await scene.pair("by-qr", PHONE);
  const open = await scene.facts("by-qr");
  expect(open).toMatchObject({ isActive: true, phoneNumber: PHONE, qrCode: null, error: null, hasCredentials: true });
  await worker.stop();
  expect(await scene.facts("by-qr")).toMatchObject({ status: "CONNECTING", reason: "restart_required", isLeased: false });
  const again = await scene.startWorker();
  const restored = await scene.until("by-qr", ({ status, epoch }) => status === "CONNECTED" && epoch > open.epoch);
  expect(restored.phoneNumber).toBe(PHONE);
  await again.stop();
});

it("pairs by code, and what an abandoned code left behind does not stand in the way", async () => {
  const worker = await scene.startWorker();
  await scene.connect("by-code", "15550100002");
  const first = await scene.until("by-code", ({ pairingCode }) => pairingCode !== null);
  expect(first).toMatchObject({ status: "QR_REQUIRED", qrCode: null, hasCredentials: false });
  // Given up, and asked for again by QR: the same session, a new pairing.
  await scene.connect("by-code");
  const byQr = await scene.until("by-code", ({ qrCode }) => qrCode !== null);
  expect(byQr.pairingCode).toBeNull();
  await scene.connect("by-code", "15550100002");
  const { pairingCode } = await scene.until("by-code", ({ pairingCode: code }) => code !== null && code !== first.pairingCode);
  await scene.whatsapp.control.enterPairingCode("15550100002", pairingCode ?? "");
  expect(await scene.until("by-code", ({ status }) => status === "CONNECTED")).toMatchObject({ phoneNumber: "15550100002", pairingCode: null });
  await worker.stop();
});

it("stops when every QR was shown and none scanned, and starts again when asked", async () => {
  const worker = await scene.startWorker({}, { qrTimeout: 50 });
  await scene.connect("unscanned");
  const stopped = await scene.until("unscanned", ({ reason }) => reason === "qr_timeout");
  expect(stopped).toMatchObject({ status: "DISCONNECTED", desiredState: "STOPPED", code: 408, qrCode: null });
  await scene.until("unscanned", ({ isLeased }) => !isLeased);
  await scene.connect("unscanned");
  await scene.until("unscanned", ({ status }) => status === "QR_REQUIRED");
  await worker.stop();
});
