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
  expect(await scene.facts("by-qr")).toMatchObject({ status: "CONNECTING", reason: "handed_over", isLeased: false });
  const again = await scene.startWorker();
  const restored = await scene.until("by-qr", ({ status, epoch }) => status === "CONNECTED" && epoch > open.epoch);
  expect(restored.phoneNumber).toBe(PHONE);
  await again.stop();
});
