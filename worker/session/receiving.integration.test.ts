import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorkerScene, type WorkerScene } from "../../demo/testing/worker-scene.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";

const SESSION = "shop";
const SHOP = "15550400001";
const CONTACT = "15550410001";

let database: TestDatabase;
let scene: WorkerScene;

beforeAll(async () => {
  database = await createTestDatabase("whatsapp");
  scene = await startWorkerScene(database.url);
  await scene.startWorker();
  await scene.pair(SESSION, SHOP);
});
afterAll(async () => {
  await scene.close();
  await database.drop();
});

const stored = () => scene.api.database.whatsAppMessage.findMany({ where: { sessionId: SESSION, fromMe: false }, orderBy: { createdAt: "asc" } });
const textsStored = () => stored().then((rows) => rows.map(({ content }) => content));
const inboxRows = () => scene.api.database.whatsAppSessionKey.count({ where: { sessionId: SESSION, type: "inbox" } });
const WAIT = { timeout: 10_000, interval: 25 };

it("stores what a contact writes, and keeps no copy once it is delivered", async () => {
  await scene.whatsapp.control.send({ to: SHOP, from: CONTACT, text: "good morning" });
  await expect.poll(textsStored, WAIT).toEqual(["good morning"]);
  await expect.poll(inboxRows, WAIT).toBe(0);
});

it("stores once what came again because the socket was cut", async () => {
  for (const text of ["one", "two", "three"]) await scene.whatsapp.control.send({ to: SHOP, from: CONTACT, text });
  await scene.whatsapp.control.disconnect(SHOP, 515);
  await scene.whatsapp.control.send({ to: SHOP, from: CONTACT, text: "four" });
  await expect.poll(textsStored, WAIT).toEqual(["good morning", "one", "two", "three", "four"]);
  expect(scene.whatsapp.control.undecryptable()).toEqual([]);
});
