import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Client } from "../testing/client.ts";
import { startScene, texts, WAIT, type Scene } from "../testing/paired.ts";

const SHOP = "15550001000";
const ANA = "15550002000";
const BOB = "15550003000";

let scene: Scene;
let client: Client;
beforeEach(async () => {
  scene = await startScene();
  client = await scene.paired(SHOP);
});
afterEach(() => scene.close());

test("a group is announced with its subject and members, and its metadata can be asked for", async () => {
  const announced: string[] = [];
  client.socket().ev.on("groups.upsert", (groups) => void announced.push(...groups.map(({ subject }) => subject)));
  const jid = await scene.server.control.createGroup({ subject: "Team", owner: ANA, members: [SHOP, BOB], description: "Us" });
  await vi.waitFor(() => expect(announced).toEqual(["Team"]), WAIT);
  const metadata = await client.socket().groupMetadata(jid);
  expect(metadata).toMatchObject({ id: jid, subject: "Team", desc: "Us", addressingMode: "lid", size: 3 });
  expect(metadata.participants.map(({ phoneNumber, admin }) => [phoneNumber, admin])).toEqual([
    [`${ANA}@s.whatsapp.net`, "superadmin"],
    [`${SHOP}@s.whatsapp.net`, null],
    [`${BOB}@s.whatsapp.net`, null],
  ]);
});

test.each(["lid", "phone"] as const)("members named by %s write and read in a group", async (addressing) => {
  const { control } = scene.server;
  const jid = await control.createGroup({ subject: "Team", owner: ANA, members: [SHOP, BOB], addressing });
  await control.send({ to: SHOP, from: ANA, name: "Ana", group: jid, text: "from Ana" });
  await control.send({ to: SHOP, from: BOB, name: "Bob", group: jid, text: "from Bob" });
  await control.send({ to: SHOP, from: ANA, group: jid, text: "Ana again" });
  await vi.waitFor(
    () => expect(texts(client).toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual(["Ana again", "from Ana", "from Bob"]),
    WAIT,
  );
  const [first] = client.messages.filter(({ message }) => message?.conversation === "from Ana");
  expect(first?.key).toMatchObject({ remoteJid: jid, addressingMode: addressing === "lid" ? "lid" : "pn" });
  for (const text of ["one", "two"]) await client.socket().sendMessage(jid, { text });
  for (const member of [ANA, BOB]) await vi.waitFor(() => expect(control.received(member).map(({ text }) => text)).toEqual(["one", "two"]), WAIT);
  expect(control.undecryptable()).toEqual([]);
});

test("a group message the device cannot read is asked for again", async () => {
  const { control } = scene.server;
  const jid = await control.createGroup({ subject: "Team", owner: ANA, members: [SHOP] });
  await control.send({ to: SHOP, from: ANA, group: jid, text: "garbled", isCorrupted: true });
  await vi.waitFor(() => expect(texts(client)).toEqual(["garbled"]), WAIT);
});

test("members that come and go, new admins and a new subject are announced", async () => {
  const { control } = scene.server;
  const jid = await control.createGroup({ subject: "Team", owner: ANA, members: [SHOP] });
  const heard: unknown[] = [];
  client
    .socket()
    .ev.on("group-participants.update", ({ action, participants }) => void heard.push([action, participants.map(({ phoneNumber }) => phoneNumber)]));
  client.socket().ev.on("groups.update", (updates) => void heard.push(...updates.map(({ subject }) => subject)));
  await control.changeGroup(jid, { action: "add", phones: [BOB], by: ANA });
  await control.changeGroup(jid, { action: "promote", phones: [BOB], by: ANA });
  await control.changeGroup(jid, { action: "demote", phones: [BOB], by: ANA });
  await control.changeGroup(jid, { action: "remove", phones: [BOB], by: ANA });
  await control.changeGroup(jid, { action: "subject", text: "The team", by: ANA });
  const bob = [`${BOB}@s.whatsapp.net`];
  await vi.waitFor(() => expect(heard).toEqual([["add", bob], ["promote", bob], ["demote", bob], ["remove", bob], "The team"]), WAIT);
});

test("a client that asks about a group it is not in is refused", async () => {
  const jid = await scene.server.control.createGroup({ subject: "Others", owner: ANA, members: [BOB] });
  await expect(client.socket().groupMetadata(jid)).rejects.toThrow("forbidden");
  await expect(client.socket().groupMetadata("120363000000000000@g.us")).rejects.toThrow("item-not-found");
});

test("a status of a contact arrives as a broadcast", async () => {
  const id = await scene.server.control.send({ to: SHOP, from: ANA, group: "status@broadcast", text: "on holiday" });
  await vi.waitFor(
    () => expect(client.messages.find(({ key }) => key.id === id)).toMatchObject({ key: { remoteJid: "status@broadcast" }, broadcast: true }),
    WAIT,
  );
});
