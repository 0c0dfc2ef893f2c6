import { randomInt } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hasSettled, unleashChaos, type ChaosResult } from "./worker-chaos.ts";
import { startWorkerScene, type WorkerScene } from "./worker-scene.ts";

const SESSION = "shop";
const PHONE = "15550600001";
const AUTH_STATE_KEY = Buffer.alloc(32, 9);
const SETTLE_MS = 60_000;
const PRECISION = 1_000_000;

export type SuiteDatabase = { readonly url: string; readonly drop: () => Promise<void> };

/** A worker killed at random points for so long while messages flow both ways: nothing lost, nothing doubled, every ratchet in step. */
export function testKilledWorker(seconds: number, createDatabase: () => Promise<SuiteDatabase>): void {
  let database: SuiteDatabase;
  let scene: WorkerScene;
  let chaos: ChaosResult;

  beforeAll(
    async () => {
      database = await createDatabase();
      scene = await startWorkerScene(database.url, { authStateKeys: [AUTH_STATE_KEY] });
      const pairing = await scene.startWorker();
      await scene.pair(SESSION, PHONE);
      await pairing.stop();
      chaos = await unleashChaos({ scene, sessionId: SESSION, phone: PHONE, seconds, random: () => randomInt(PRECISION) / PRECISION });
    },
    (seconds + 90) * 1_000,
  );
  afterAll(async () => {
    await chaos?.worker.end("SIGKILL");
    await scene.close();
    await database.drop();
  });

  it(
    "killed again and again, loses nothing and stores nothing twice",
    async () => {
      expect(chaos.kills).toBeGreaterThan(0);
      const isSettled = await hasSettled(scene, chaos, SETTLE_MS);
      if (!isSettled)
        throw new Error(`not settled: ${JSON.stringify(await leftOf(scene))}; the worker printed:\n${chaos.worker.output().slice(-3_000)}`);
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
    },
    SETTLE_MS + 30_000,
  );

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
}

/** What is not where it should be. */
async function leftOf({ api: { database }, whatsapp, facts }: WorkerScene): Promise<object> {
  return {
    session: await facts(SESSION),
    stored: await database.whatsAppMessage.count({ where: { fromMe: false } }),
    outbox: await database.whatsAppOutbox.groupBy({ by: ["state"], _count: true }),
    inbox: await database.whatsAppSessionKey.count({ where: { type: "inbox" } }),
    devices: whatsapp.control.devices(),
  };
}
