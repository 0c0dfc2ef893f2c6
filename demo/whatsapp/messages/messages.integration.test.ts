import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startScene, texts, WAIT, type Scene } from "../testing/paired.ts";

const SHOP = "15550001000";
const ANA = "15550002000";
const ANA_JID = `${ANA}@s.whatsapp.net`;

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(() => scene.close());

test("a contact's text arrives by number, with the contact's LID and name", async () => {
  const client = await scene.paired(SHOP);
  const id = await scene.server.control.send({ to: SHOP, from: ANA, name: "Ana", text: "hello" });
  await vi.waitFor(() => expect(texts(client)).toEqual(["hello"]), WAIT);
  const message = client.messages.find(({ key }) => key.id === id);
  expect(message).toMatchObject({ pushName: "Ana", key: { remoteJid: ANA_JID, fromMe: false } });
  expect(message?.key.remoteJidAlt).toMatch(/^\d{15}@lid$/);
});

test("a contact's text arrives by LID, with the contact's number", async () => {
  const client = await scene.paired(SHOP);
  await scene.server.control.send({ to: SHOP, from: ANA, text: "first", addressing: "lid" });
  // Baileys learns the LID's number before it takes its turn: a second message at once would overtake this one.
  await vi.waitFor(() => expect(texts(client)).toEqual(["first"]), WAIT);
  await scene.server.control.send({ to: SHOP, from: ANA, text: "second", addressing: "phone" });
  await vi.waitFor(() => expect(texts(client)).toEqual(["first", "second"]), WAIT);
  const [first] = client.messages.filter(({ message }) => message?.conversation === "first");
  expect(first?.key).toMatchObject({ remoteJidAlt: ANA_JID, addressingMode: "lid" });
  expect(first?.key.remoteJid).toMatch(/^\d{15}@lid$/);
});

test("a text sent with an id of our own reaches the contact once, is acknowledged and delivered, and read when the contact reads", async () => {
  const client = await scene.paired(SHOP);
  const { control } = scene.server;
  await client.socket().sendMessage(ANA_JID, { text: "good morning" }, { messageId: "3EB0000000000000000001" });
  await vi.waitFor(() => expect(control.received(ANA)).toMatchObject([{ id: "3EB0000000000000000001", text: "good morning", stanzas: 1 }]), WAIT);
  await vi.waitFor(() => expect(client.statusOf("3EB0000000000000000001")).toBe(3), WAIT);
  await control.receipt({ account: SHOP, from: ANA, id: "3EB0000000000000000001", type: "read" });
  await vi.waitFor(() => expect(client.statusOf("3EB0000000000000000001")).toBe(4), WAIT);
  expect(control.undecryptable()).toEqual([]);
  expect(control.faults()).toEqual([]);
});

test("the same id sent twice comes on the wire twice and shows once", async () => {
  const client = await scene.paired(SHOP);
  const { control } = scene.server;
  for (const text of ["once", "once"]) await client.socket().sendMessage(ANA_JID, { text }, { messageId: "3EB0000000000000000002" });
  await vi.waitFor(() => expect(control.stanzas("3EB0000000000000000002")).toBe(2), WAIT);
  expect(control.received(ANA)).toHaveLength(1);
});

test("what the owner writes on the phone comes to the device as its own message", async () => {
  const client = await scene.paired(SHOP);
  const id = await scene.server.control.sendFromPhone({ account: SHOP, to: ANA, text: "from my phone" });
  await vi.waitFor(
    () =>
      expect(client.messages.find(({ key }) => key.id === id)).toMatchObject({
        key: { fromMe: true, remoteJid: ANA_JID },
        message: { conversation: "from my phone" },
      }),
    WAIT,
  );
  expect(scene.server.control.received(ANA)).toMatchObject([{ id, text: "from my phone", stanzas: 0 }]);
});

test("a message the device cannot read is asked for again and read then", async () => {
  const client = await scene.paired(SHOP);
  await scene.server.control.send({ to: SHOP, from: ANA, text: "clear" });
  await vi.waitFor(() => expect(texts(client)).toEqual(["clear"]), WAIT);
  await scene.server.control.send({ to: SHOP, from: ANA, text: "garbled", isCorrupted: true });
  await vi.waitFor(() => expect(texts(client)).toEqual(["clear", "garbled"]), WAIT);
  await vi.waitFor(() => expect(scene.server.control.devices()).toMatchObject([{ waiting: 0 }]), WAIT);
});
