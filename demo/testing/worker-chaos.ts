import { setTimeout as sleep } from "node:timers/promises";
import { waitUntil } from "../../lib/processes.ts";
import { spawnWorker, type WorkerProcess } from "./worker-process.ts";
import type { WorkerScene } from "./worker-scene.ts";

/** Kills a worker again and again while messages flow both ways, and says what became of each message. */

const UNSETTLED = { state: { not: "SENT" } } as const;

export type ChaosOptions = {
  readonly scene: WorkerScene;
  readonly sessionId: string;
  readonly phone: string;
  readonly seconds: number;
  /** From 0 to 1. */
  readonly random: () => number;
};

export type ChaosResult = {
  readonly kills: number;
  /** Texts contacts wrote, in their order, by contact. */
  readonly written: ReadonlyMap<string, readonly string[]>;
  /** Sends the API accepted, in their order, by contact. */
  readonly accepted: ReadonlyMap<string, readonly { readonly messageId: string; readonly text: string }[]>;
  /** Everything all workers printed. */
  readonly output: string;
  /** The one that runs at the end. */
  readonly worker: WorkerProcess;
};

const CONTACTS = ["15550610001", "15550610002", "15550610003"];
/** Every so many kills come while it starts, the others while it works. */
const EARLY_KILL_SHARE = 0.3;
const EARLY_WITHIN_MS = 3_000;
const WORKS_FOR_MS = 4_000;
const LOGIN_WITHIN_MS = 20_000;
const PAUSE_MS = 60;
/** Contacts write on once the worker has caught up: a backlog that only grows tests nothing but the machine. */
const MAX_WAITING = 60;
const CATCH_UP_WITHIN_MS = 20_000;

export async function unleashChaos({ scene, sessionId, phone, seconds, random }: ChaosOptions): Promise<ChaosResult> {
  const until = performance.now() + seconds * 1_000;
  const isOver = (): boolean => performance.now() >= until;
  const env = scene.workerEnv("chaos");
  const printed: string[] = [];
  let worker = spawnWorker(env);
  await worker.ready();

  const written = new Map(CONTACTS.map((contact) => [contact, [] as string[]]));
  const accepted = new Map(CONTACTS.map((contact) => [contact, [] as { messageId: string; text: string }[]]));
  const device = () => scene.whatsapp.control.devices().find((each) => each.phone === phone);
  const isOnline = (): boolean => device()?.isOnline === true;
  const write = async (): Promise<void> => {
    for (let number = 0; !isOver(); number += 1) {
      const contact = CONTACTS[number % CONTACTS.length] ?? "";
      const text = `in ${number} of ${contact}`;
      await scene.whatsapp.control.send({ to: phone, from: contact, text });
      written.get(contact)?.push(text);
      await sleep(PAUSE_MS + random() * PAUSE_MS);
      await waitUntil(() => (device()?.waiting ?? 0) < MAX_WAITING, CATCH_UP_WITHIN_MS);
    }
  };
  const send = async (): Promise<void> => {
    for (let number = 0; !isOver(); number += 1) {
      const contact = CONTACTS[number % CONTACTS.length] ?? "";
      const text = `out ${number} to ${contact}`;
      const reply = await scene.api.post("/api/whatsapp/chat-messages", { sessionId, toJid: contact, content: text });
      // Refused while nobody knows whether the session is connected: the user tries again, the text is another message.
      if (reply.status === 200)
        accepted.get(contact)?.push({ messageId: ((await reply.json()) as { message: { messageId: string } }).message.messageId, text });
      await sleep(PAUSE_MS * 2 + random() * PAUSE_MS);
      await waitUntil(async () => (await scene.api.database.whatsAppOutbox.count({ where: UNSETTLED })) < MAX_WAITING, CATCH_UP_WITHIN_MS, PAUSE_MS);
    }
  };
  let kills = 0;
  const kill = async (): Promise<void> => {
    while (!isOver()) {
      if (random() < EARLY_KILL_SHARE) await sleep(random() * EARLY_WITHIN_MS);
      else {
        await waitUntil(isOnline, LOGIN_WITHIN_MS);
        await sleep(random() * WORKS_FOR_MS);
      }
      await worker.end("SIGKILL");
      printed.push(worker.output());
      kills += 1;
      worker = spawnWorker(env);
    }
  };
  await Promise.all([write(), send(), kill()]);
  await worker.ready();
  return { kills, written, accepted, output: printed.join("") + worker.output(), worker };
}

/** Resolves when nothing waits anywhere any more; false when that takes longer. */
export async function hasSettled(scene: WorkerScene, { written, accepted }: ChaosResult, timeoutMs: number): Promise<boolean> {
  const { database } = scene.api;
  const incoming = [...written.values()].flat().length;
  const outgoing = [...accepted.values()].flat().length;
  return waitUntil(
    async () =>
      (await database.whatsAppMessage.count({ where: { fromMe: false } })) >= incoming &&
      (await database.whatsAppMessage.count({ where: { fromMe: true, status: { in: ["SENT", "DELIVERED", "READ"] } } })) >= outgoing &&
      (await database.whatsAppOutbox.count({ where: UNSETTLED })) === 0 &&
      (await database.whatsAppSessionKey.count({ where: { type: "inbox" } })) === 0,
    timeoutMs,
    100,
  );
}
