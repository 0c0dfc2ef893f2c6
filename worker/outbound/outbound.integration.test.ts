import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorkerScene, type RunningWorker, type WorkerScene } from "../../demo/testing/worker-scene.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";

const SESSION = "shop";
const SHOP = "15550300001";

let database: TestDatabase;
let scene: WorkerScene;
let worker: RunningWorker;

beforeAll(async () => {
  database = await createTestDatabase("whatsapp");
  scene = await startWorkerScene(database.url);
  worker = await scene.startWorker();
  await scene.pair(SESSION, SHOP);
  // Only acks speak, unless a test wants otherwise.
  scene.whatsapp.control.receipts("none");
});
afterAll(async () => {
  await scene.close();
  await database.drop();
});

type Sent = { readonly id: string; readonly messageId: string };

async function send(to: string, content: string, key?: string): Promise<Sent> {
  const headers = key === undefined ? {} : { "idempotency-key": key };
  const reply = await scene.api.post("/api/whatsapp/chat-messages", { sessionId: SESSION, toJid: to, content }, { headers });
  if (reply.status !== 200) throw new Error(`send: ${reply.status} ${await reply.text()}`);
  return ((await reply.json()) as { message: Sent }).message;
}

const outboxOf = (messageId: string) => scene.api.database.whatsAppOutbox.findFirstOrThrow({ where: { message: { messageId } } });
const messageOf = (messageId: string) => scene.api.database.whatsAppMessage.findFirstOrThrow({ where: { messageId } });
const WAIT = { timeout: 10_000, interval: 25 };
const textsOf = (contact: string) => scene.whatsapp.control.received(contact).map(({ text }) => text);

it("sends a text under the id its key gave it, and makes it SENT at WhatsApp's ack", async () => {
  const { messageId } = await send("15550310001", "hello https://example.com/never-fetched");
  await expect.poll(() => messageOf(messageId).then(({ status }) => status), WAIT).toBe("SENT");
  expect(scene.whatsapp.control.received("15550310001")).toMatchObject([
    { id: messageId, stanzas: 1, text: "hello https://example.com/never-fetched" },
  ]);
  await expect.poll(() => outboxOf(messageId).then(({ state }) => state), WAIT).toBe("SENT");
  expect(await outboxOf(messageId)).toMatchObject({ attempts: 1, errorCode: null });
});

it("keeps the order of a chat", async () => {
  const numbers = Array.from({ length: 8 }, (_, index) => `message ${index}`);
  for (const text of numbers) await send("15550310002", text);
  await expect.poll(() => textsOf("15550310002"), WAIT).toEqual(numbers);
});

it("does not let a chat whose ack is missing hold up another", async () => {
  scene.whatsapp.control.acks({ mode: "dropped" });
  const stuck = await send("15550310003", "no ack comes");
  const behind = await send("15550310003", "behind it");
  await expect.poll(() => outboxOf(stuck.messageId).then(({ state }) => state), WAIT).toBe("WRITTEN");
  scene.whatsapp.control.acks({ mode: "prompt" });
  const other = await send("15550310004", "another chat");
  await expect.poll(() => messageOf(other.messageId).then(({ status }) => status), WAIT).toBe("SENT");
  expect((await outboxOf(behind.messageId)).state).toBe("QUEUED");
  // A new socket: the fate is unknown, and the same id goes out again.
  await scene.whatsapp.control.disconnect(SHOP, 515);
  await expect.poll(() => messageOf(behind.messageId).then(({ status }) => status), WAIT).toBe("SENT");
  expect(scene.whatsapp.control.received("15550310003").map(({ id, stanzas }) => [id, stanzas])).toEqual([
    [stuck.messageId, 2],
    [behind.messageId, 1],
  ]);
  expect(await messageOf(stuck.messageId)).toMatchObject({ status: "SENT" });
});

it("takes a receipt for proof when the ack is missing", async () => {
  scene.whatsapp.control.acks({ mode: "dropped" });
  scene.whatsapp.control.receipts("delivered");
  const { messageId } = await send("15550310009", "no ack, but delivered");
  await expect.poll(() => outboxOf(messageId).then(({ state }) => state), WAIT).toBe("SENT");
  await expect.poll(() => messageOf(messageId).then(({ status }) => status), WAIT).toBe("DELIVERED");
  scene.whatsapp.control.acks({ mode: "prompt" });
  scene.whatsapp.control.receipts("none");
});

it("makes a message FAILED when WhatsApp refuses it, and never tries again", async () => {
  scene.whatsapp.control.acks({ mode: "error", code: 463 });
  const { messageId } = await send("15550310005", "not welcome");
  await expect.poll(() => messageOf(messageId).then(({ status }) => status), WAIT).toBe("FAILED");
  scene.whatsapp.control.acks({ mode: "prompt" });
  expect(await messageOf(messageId)).toMatchObject({ errorMessage: "WhatsApp does not let this account write to this contact first" });
  await expect
    .poll(() => outboxOf(messageId).then(({ state, errorCode }) => ({ state, errorCode })), WAIT)
    .toEqual({ state: "FAILED", errorCode: 463 });
  await scene.whatsapp.control.disconnect(SHOP, 515);
  const next = await send("15550310006", "after it");
  await expect.poll(() => messageOf(next.messageId).then(({ status }) => status), WAIT).toBe("SENT");
  expect(scene.whatsapp.control.stanzas(messageId)).toBe(1);
});

it("sends what was queued while WhatsApp was away", async () => {
  const restarted = scene.whatsapp.control.restart({ downMs: 500 });
  const { messageId } = await send("15550310007", "later");
  await restarted;
  await expect.poll(() => messageOf(messageId).then(({ status }) => status), WAIT).toBe("SENT");
  expect(scene.whatsapp.control.received("15550310007")).toMatchObject([{ id: messageId, stanzas: 1 }]);
});

it("writes who writes before the text only when told so", async () => {
  await worker.stop();
  worker = await scene.startWorker({ isAgentPrefixed: true });
  const body = { sessionId: SESSION, toJid: "15550310008", content: "signed", senderName: "Ana" };
  await scene.api.post("/api/whatsapp/chat-messages", body);
  await expect.poll(() => textsOf("15550310008"), WAIT).toEqual(["*Ana:* signed"]);
});

it("leaves nothing behind that its peers could not read", () => {
  expect(scene.whatsapp.control.undecryptable()).toEqual([]);
});
