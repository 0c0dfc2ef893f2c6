import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isClosed, isOpen, startScene, texts, WAIT, type Scene } from "./testing/paired.ts";

const SHOP = "15550001000";
const ANA = "15550002000";
const ANA_JID = `${ANA}@s.whatsapp.net`;

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(() => scene.close());

test.each([401, 402, 403, 405, 408, 411, 428, 440, 500, 503, 515] as const)("a disconnect with %d reaches the client as that code", async (code) => {
  const client = await scene.paired(SHOP);
  await scene.server.control.disconnect(SHOP, code);
  await vi.waitFor(() => expect(client.closes).toEqual([515, code]), WAIT);
});

test("a second connection of the same device replaces the first with 440", async () => {
  const first = await scene.paired(SHOP);
  const second = scene.client(first.store);
  await isClosed(first);
  expect(first.closes).toEqual([515, 440]);
  await isOpen(second);
});

test("a device that was unpaired on the phone is told 401, now and at every login", async () => {
  const client = await scene.paired(SHOP);
  await scene.server.control.logout(SHOP);
  await isClosed(client);
  client.connect();
  await isClosed(client);
  expect(client.closes).toEqual([515, 401, 401]);
  expect(scene.server.control.devices()).toEqual([]);
});

test("a device that logs out is unpaired", async () => {
  const client = await scene.paired(SHOP);
  await client.socket().logout();
  await vi.waitFor(() => expect(scene.server.control.devices()).toEqual([]), WAIT);
});

test("logins are refused with a code for as long as the server is told to", async () => {
  const client = await scene.paired(SHOP);
  scene.server.control.refuseLogins(SHOP, 403);
  await scene.server.control.disconnect(SHOP, 428);
  await isClosed(client);
  client.connect();
  await isClosed(client);
  scene.server.control.refuseLogins(SHOP, undefined);
  client.connect();
  await isOpen(client);
  expect(client.closes).toEqual([515, 428, 403]);
});

test("a refused message is a status 0 with its code and never reaches the contact", async () => {
  const client = await scene.paired(SHOP);
  scene.server.control.acks({ mode: "error", code: 463 });
  const sent = await client.socket().sendMessage(ANA_JID, { text: "hello stranger" });
  await vi.waitFor(() => expect(client.statusOf(sent?.key.id)).toBe(0), WAIT);
  expect(client.errorOf(sent?.key.id)).toContain("463");
  expect(scene.server.control.received(ANA)).toEqual([]);
  expect(scene.server.control.stanzas(sent?.key.id ?? "")).toBe(1);
});

test("a slow ack comes, a dropped ack never does though the contact has the message", async () => {
  const client = await scene.paired(SHOP);
  const { control } = scene.server;
  control.receipts("none");
  const acks: string[] = [];
  client.socket().ws.on("CB:ack,class:message", ({ attrs }: { attrs: Record<string, string> }) => void acks.push(attrs["id"] ?? ""));
  control.acks({ mode: "dropped" });
  await client.socket().sendMessage(ANA_JID, { text: "one" }, { messageId: "3EB0000000000000000011" });
  await vi.waitFor(() => expect(control.received(ANA)).toHaveLength(1), WAIT);
  control.acks({ mode: "slow", delayMs: 300 });
  const startedAt = performance.now();
  await client.socket().sendMessage(ANA_JID, { text: "two" }, { messageId: "3EB0000000000000000012" });
  await vi.waitFor(() => expect(acks).toEqual(["3EB0000000000000000012"]), WAIT);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(290);
});

test("a line cut before the ack loses the message for the contact, and the wire saw it once", async () => {
  const client = await scene.paired(SHOP);
  const { control } = scene.server;
  control.acks({ mode: "cut" });
  await client.socket().sendMessage(ANA_JID, { text: "gone" }, { messageId: "3EB0000000000000000021" });
  await isClosed(client);
  expect(control.received(ANA)).toEqual([]);
  expect(control.stanzas("3EB0000000000000000021")).toBe(1);
  control.acks({ mode: "prompt" });
  client.connect();
  await isOpen(client);
  await client.socket().sendMessage(ANA_JID, { text: "gone" }, { messageId: "3EB0000000000000000021" });
  await vi.waitFor(() => expect(control.received(ANA)).toMatchObject([{ text: "gone", stanzas: 2 }]), WAIT);
});

test("messages wait for a device that is away and come at its login, in order", async () => {
  const client = await scene.paired(SHOP);
  await client.end();
  const { control } = scene.server;
  await vi.waitFor(() => expect(control.devices()).toMatchObject([{ isOnline: false }]), WAIT);
  for (const text of ["one", "two", "three"]) await control.send({ to: SHOP, from: ANA, text });
  expect(control.devices()).toMatchObject([{ waiting: 3 }]);
  client.connect();
  await vi.waitFor(() => expect(texts(client)).toEqual(["one", "two", "three"]), WAIT);
  await vi.waitFor(() => expect(control.devices()).toMatchObject([{ waiting: 0 }]), WAIT);
});

test("after a restart of the server the device logs in again and nothing is lost", async () => {
  const client = await scene.paired(SHOP);
  await scene.server.control.restart();
  await isClosed(client);
  await scene.server.control.send({ to: SHOP, from: ANA, text: "while you were out" });
  client.connect();
  await vi.waitFor(() => expect(texts(client)).toEqual(["while you were out"]), WAIT);
  expect(client.closes).toEqual([515, 428]);
});
