import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Client, ClientStore } from "../testing/client.ts";
import { isOpen, startScene, texts, WAIT, type Scene } from "../testing/paired.ts";

const SHOP = "15550001000";
const ANA = "15550002000";
const ANA_JID = `${ANA}@s.whatsapp.net`;

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(() => scene.close());

const copyOf = (store: ClientStore): ClientStore => ({ creds: store.creds, keys: new Map(store.keys) });
const devices = () => scene.server.control.devices();

/** A client that has heard from Ana, so that it knows her keys. */
async function acquainted(): Promise<Client> {
  const client = await scene.paired(SHOP);
  await scene.server.control.send({ to: SHOP, from: ANA, text: "hello" });
  await vi.waitFor(() => expect(texts(client)).toEqual(["hello"]), WAIT);
  await vi.waitFor(() => expect(devices()).toMatchObject([{ waiting: 0 }]), WAIT);
  return client;
}

/** Cuts the line when the next message comes in: the client reads it and cannot say so. */
function cutAtNextMessage(client: Client): void {
  const { ws } = client.socket();
  ws.once("CB:message", () => void ws.close());
}

test("a message whose receipt never came is delivered again, and a client started from older keys reads it", async () => {
  const client = await acquainted();
  const before = copyOf(client.store);
  cutAtNextMessage(client);
  await scene.server.control.send({ to: SHOP, from: ANA, text: "once" });
  await vi.waitFor(() => expect(devices()).toMatchObject([{ isOnline: false, waiting: 1 }]), WAIT);

  const forgetful = scene.client(before);
  await vi.waitFor(() => expect(texts(forgetful)).toEqual(["once"]), WAIT);
  await vi.waitFor(() => expect(devices()).toMatchObject([{ waiting: 0 }]), WAIT);
});

test("what is delivered again is the same ciphertext: Baileys, which used up its key and told nobody, refuses it", async () => {
  const client = await acquainted();
  const sessions = () => [...client.store.keys].filter(([key]) => key.startsWith("session/")).map(([, value]) => value);
  const before = sessions();
  cutAtNextMessage(client);
  await scene.server.control.send({ to: SHOP, from: ANA, text: "once" });
  await vi.waitFor(() => expect(devices()).toMatchObject([{ isOnline: false, waiting: 1 }]), WAIT);
  await vi.waitFor(() => expect(sessions()).not.toEqual(before), WAIT);
  const again: (string | undefined)[] = [];
  client.connect();
  client.socket().ws.on("CB:message", ({ attrs }: { attrs: Record<string, string> }) => void again.push(attrs["offline"]));
  await isOpen(client);
  await vi.waitFor(() => expect(devices()).toMatchObject([{ waiting: 0 }]), WAIT);
  expect(again).toEqual(["0"]);
  // Neither time: who must not lose a message has to hear it where it is decrypted.
  expect(texts(client)).toEqual(["hello"]);
});

test("receipts wait for a device that is away, like messages", async () => {
  const client = await scene.paired(SHOP);
  await client.socket().sendMessage(ANA_JID, { text: "are you there?" }, { messageId: "3EB0000000000000000031" });
  await vi.waitFor(() => expect(client.statusOf("3EB0000000000000000031")).toBe(3), WAIT);
  await client.end();
  await vi.waitFor(() => expect(devices()).toMatchObject([{ isOnline: false }]), WAIT);
  await scene.server.control.receipt({ account: SHOP, from: ANA, id: "3EB0000000000000000031", type: "read" });
  client.connect();
  await vi.waitFor(() => expect(client.statusOf("3EB0000000000000000031")).toBe(4), WAIT);
  await vi.waitFor(() => expect(devices()).toMatchObject([{ waiting: 0 }]), WAIT);
});

test("a contact that cannot read a message asks for it again and reads it then", async () => {
  const client = await acquainted();
  const { control } = scene.server;
  control.garble(true);
  await client.socket().sendMessage(ANA_JID, { text: "three" }, { messageId: "3EB0000000000000000041" });
  await vi.waitFor(() => expect(control.undecryptable().length).toBeGreaterThan(0), WAIT);
  control.garble(false);
  await vi.waitFor(() => expect(control.received(ANA)).toMatchObject([{ id: "3EB0000000000000000041", text: "three" }]), WAIT);
  expect(control.stanzas("3EB0000000000000000041")).toBeGreaterThanOrEqual(2);
  expect(control.undecryptable().every(({ id }) => id === "3EB0000000000000000041")).toBe(true);
});

test("every device of an account gets what contacts write, and what its other devices write", async () => {
  const first = await scene.paired(SHOP);
  const second = await scene.paired(SHOP);
  await scene.server.control.send({ to: SHOP, from: ANA, text: "to all of you" });
  for (const client of [first, second]) await vi.waitFor(() => expect(texts(client)).toEqual(["to all of you"]), WAIT);
  const sent = await first.socket().sendMessage(ANA_JID, { text: "from the first" });
  await vi.waitFor(
    () => expect(second.messages.find(({ key }) => key.id === sent?.key.id)).toMatchObject({ key: { fromMe: true, remoteJid: ANA_JID } }),
    WAIT,
  );
  expect(devices().map(({ number }) => number)).toEqual([1, 2]);
});

test("two accounts write to each other", async () => {
  const shop = await scene.paired(SHOP);
  const ana = await scene.paired(ANA);
  await shop.socket().sendMessage(ANA_JID, { text: "hello, neighbour" });
  await vi.waitFor(() => expect(texts(ana)).toEqual(["hello, neighbour"]), WAIT);
});

test("a number without WhatsApp is told as such", async () => {
  const client = await scene.paired(SHOP);
  scene.server.control.absent("15550009999", true);
  expect(await client.socket().onWhatsApp(ANA, "15550009999")).toEqual([{ jid: ANA_JID, exists: true }]);
});
