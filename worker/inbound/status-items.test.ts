import { expect, test } from "vitest";
import { mergedStatus, toGroupStatusItem, toStatusItem } from "./status-items.ts";

const NOW = Date.UTC(2026, 0, 1);
const NOW_ISO = "2026-01-01T00:00:00.000Z";
const own = { remoteJid: "15550001111@s.whatsapp.net", id: "3EB0", fromMe: true };

test.each([
  ["server ack", { status: 2 }, { messageId: "3EB0", status: "SENT", at: NOW_ISO }],
  ["delivery", { status: 3, messageTimestamp: 1_700_000_000 }, { messageId: "3EB0", status: "DELIVERED", at: "2023-11-14T22:13:20.000Z" }],
  ["read", { status: 4, messageTimestamp: 1_700_000_000 }, { messageId: "3EB0", status: "READ", at: "2023-11-14T22:13:20.000Z" }],
  ["played", { status: 5 }, { messageId: "3EB0", status: "READ", at: NOW_ISO }],
  ["an error ack", { status: 0, messageStubParameters: ["463"] }, { messageId: "3EB0", status: "FAILED", at: NOW_ISO, errorCode: 463 }],
  ["an error without a code", { status: 0 }, { messageId: "3EB0", status: "FAILED", at: NOW_ISO }],
] as const)("%s moves an own message's status", (_name, update, item) => {
  expect(toStatusItem({ key: own, update }, NOW)).toEqual(item);
});

test.each([
  ["pending", own, { status: 1 }],
  ["an update without a status", own, { starred: true }],
  ["what our other device read", { ...own, fromMe: false }, { status: 4 }],
  ["a status broadcast", { ...own, remoteJid: "status@broadcast" }, { status: 4 }],
  ["a key without an id", { ...own, id: null }, { status: 4 }],
] as const)("%s moves none", (_name, key, update) => {
  expect(toStatusItem({ key, update }, NOW)).toBeUndefined();
});

test("a receipt that came merged into the message itself counts, its acknowledgement does not: the message says that already", () => {
  expect(mergedStatus({ key: own, status: 4 }, NOW)).toMatchObject({ status: "READ" });
  expect(mergedStatus({ key: own, status: 2 }, NOW)).toBeUndefined();
  expect(mergedStatus({ key: { ...own, fromMe: false }, status: 4 }, NOW)).toBeUndefined();
});

test("the first member of a group who has, or has read, a message moves its tick", () => {
  const key = { ...own, remoteJid: "1-2@g.us", participant: "15550002222@s.whatsapp.net" };
  const userJid = "15550002222@s.whatsapp.net";
  expect(toGroupStatusItem({ key, receipt: { userJid, receiptTimestamp: 1_700_000_000 } }, NOW)).toMatchObject({ status: "DELIVERED" });
  expect(toGroupStatusItem({ key, receipt: { userJid, receiptTimestamp: 1, readTimestamp: 1_700_000_000 } }, NOW)).toMatchObject({ status: "READ" });
  expect(toGroupStatusItem({ key, receipt: { userJid } }, NOW)).toBeUndefined();
});
