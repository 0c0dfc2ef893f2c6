import { randomInt } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hasSettled, unleashChaos, type ChaosResult } from "../demo/testing/worker-chaos.ts";
import { startWorkerScene, type WorkerScene } from "../demo/testing/worker-scene.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";

const SESSION = "shop";
const PHONE = "15550600001";
const SECONDS = Number(process.env["CHAOS_SECONDS"] ?? 15);
const AUTH_STATE_KEY = Buffer.alloc(32, 9);

let database: TestDatabase;
let scene: WorkerScene;
let chaos: ChaosResult;

beforeAll(
  async () => {
    database = await createTestDatabase("whatsapp");
    scene = await startWorkerScene(database.url, { authStateKeys: [AUTH_STATE_KEY] });
    const pairing = await scene.startWorker();
    await scene.pair(SESSION, PHONE);
    await pairing.stop();
    chaos = await unleashChaos({ scene, sessionId: SESSION, phone: PHONE, seconds: SECONDS, random: () => randomInt(1_000_000) / 1_000_000 });
  },
  (SECONDS + 60) * 1_000,
);
afterAll(async () => {
  await chaos?.worker.end("SIGKILL");
  await scene.close();
  await database.drop();
});

it("killed again and again, loses nothing and stores nothing twice", async () => {
  expect(chaos.kills).toBeGreaterThan(1);
  const isSettled = await hasSettled(scene, chaos, 60_000);
  const rows = await scene.api.database.whatsAppMessage.findMany({
    where: { fromMe: false },
    select: { content: true },
    orderBy: [{ content: "asc" }],
  });
  const written = [...chaos.written.values()].flat();
  expect(rows.map(({ content }) => content)).toEqual(written.toSorted());
  const unsettled = await scene.api.database.whatsAppOutbox.findMany({
    where: { state: { not: "SENT" } },
    select: { state: true, attempts: true, chatJid: true, seq: true },
  });
  expect(unsettled).toEqual([]);
  expect(isSettled).toBe(true);
}, 90_000);

it("shows each contact every message once, under the id it was accepted with", () => {
  for (const [contact, sends] of chaos.accepted) {
    const shown = scene.whatsapp.control.received(contact).map(({ id, text }) => ({ messageId: id, text }));
    expect(shown).toEqual(sends);
  }
});

it("leaves ratchets that decrypt everything that follows, at once", async () => {
  const contact = "15550610001";
  for (const text of ["after one", "after two"]) {
    await scene.whatsapp.control.send({ to: PHONE, from: contact, text });
    await expect.poll(() => scene.api.database.whatsAppMessage.count({ where: { content: text } }), { timeout: 5_000 }).toBe(1);
    const reply = await scene.api.post("/api/whatsapp/chat-messages", { sessionId: SESSION, toJid: contact, content: `${text}, too` });
    const { message } = (await reply.json()) as { message: { messageId: string } };
    await expect.poll(() => scene.whatsapp.control.stanzas(message.messageId), { timeout: 5_000 }).toBe(1);
  }
  expect(scene.whatsapp.control.undecryptable()).toEqual([]);
  expect(scene.whatsapp.control.faults()).toEqual([]);
});

it("prints neither keys nor numbers nor texts", () => {
  expect(chaos.output).not.toMatch(/1555\d{7}|in \d+ of|out \d+ to|privKey|<Buffer|rootKey|chainKey|ephemeralKeyPair/i);
});
