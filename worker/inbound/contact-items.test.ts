import { expect, test } from "vitest";
import { toContactItem, toPairItem } from "./contact-items.ts";

const PN = "15550001111@s.whatsapp.net";
const LID = "200000000001@lid";

test.each([
  ["a saved name", { id: PN, name: "Ada" }, { jid: PN, pn: PN, name: "Ada" }],
  ["both addresses", { id: LID, phoneNumber: PN }, { jid: PN, lid: LID, pn: PN }],
  ["a business", { id: PN, verifiedName: "Ada Ltd" }, { jid: PN, pn: PN, name: "Ada Ltd", isBusiness: true }],
  ["a picture", { id: PN, imgUrl: "https://pps.example/a.jpg" }, { jid: PN, pn: PN, avatarUrl: "https://pps.example/a.jpg" }],
  ["a device of a person", { id: "15550001111:12@s.whatsapp.net", name: "Ada" }, { jid: PN, pn: PN, name: "Ada" }],
] as const)("%s is told", (_name, contact, item) => {
  expect(toContactItem(contact)).toEqual(item);
});

test.each([
  ["a push name: it belongs to the messages", { id: PN, notify: "Ada" }],
  ["a group", { id: "1-2@g.us", name: "Team" }],
  ["a picture that only changed", { id: PN, imgUrl: "changed" }],
  ["a channel", { id: "1@newsletter", name: "News" }],
  ["nobody", { name: "Ada" }],
] as const)("%s is not", (_name, contact) => {
  expect(toContactItem(contact)).toBeUndefined();
});

test("the digits of a LID are never a phone number", () => {
  expect(toContactItem({ id: LID, name: "Ada" })).toEqual({ jid: LID, lid: LID, name: "Ada" });
});

test("a learnt pair is one person with two addresses", () => {
  expect(toPairItem({ lid: LID, pn: PN })).toEqual({ jid: PN, lid: LID, pn: PN });
  expect(toPairItem({ lid: "nonsense", pn: PN })).toBeUndefined();
});
