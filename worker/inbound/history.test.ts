import type { WAMessage } from "@whiskeysockets/baileys";
import { expect, test } from "vitest";
import { readHistory } from "./history.ts";

const PN = "15550001111@s.whatsapp.net";
const LID = "200000000001@lid";
const message = (id: string, seconds: number): WAMessage => ({ key: { remoteJid: PN, id }, messageTimestamp: seconds });

test("messages come oldest first", () => {
  const { messages } = readHistory({ messages: [message("B", 2), message("A", 1)], contacts: [], chats: [] });
  expect(messages.map(({ key }) => key.id)).toEqual(["A", "B"]);
});

test("pairs of addresses count for people one has a chat with, and for no other member of a group", () => {
  const pairs = [
    { lid: LID, pn: PN },
    { lid: "200000000002@lid", pn: "15550002222@s.whatsapp.net" },
  ];
  const { contacts } = readHistory({ messages: [], contacts: [], chats: [{ id: PN }] as never, lidPnMappings: pairs });
  expect(contacts).toEqual([{ jid: PN, lid: LID, pn: PN }]);
});

test("push names of people one never wrote with make no contacts", () => {
  const { contacts } = readHistory({ messages: [], contacts: [{ id: PN, notify: "Ada" }], chats: [] });
  expect(contacts).toEqual([]);
});
