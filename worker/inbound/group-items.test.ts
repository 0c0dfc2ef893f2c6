import { expect, test } from "vitest";
import { toGroupItem, toMembershipItem } from "./group-items.ts";

const JID = "120363000000000001@g.us";
const PN = "15550001111@s.whatsapp.net";
const LID = "200000000001@lid";

test("members are named by their phone's address when it is known, and once", () => {
  const participants = [
    { id: LID, phoneNumber: PN, admin: "superadmin" as const },
    { id: "200000000002@lid", admin: null },
    { id: "broken", admin: null },
  ];
  expect(toGroupItem({ id: JID, subject: "Team", participants })).toEqual({
    jid: JID,
    subject: "Team",
    participants: [
      { jid: PN, admin: true },
      { jid: "200000000002@lid", admin: false },
    ],
  });
});

test.each([{ id: JID, announce: true }, { id: PN, subject: "Team" }, { subject: "Team" }])("%o says nothing the API keeps", (group) => {
  expect(toGroupItem(group)).toBeUndefined();
});

test.each(["add", "remove", "promote", "demote"] as const)("%s names the members it is about", (action) => {
  expect(toMembershipItem({ id: JID, author: PN, participants: [{ id: PN }], action })).toEqual({ jid: JID, action, jids: [PN] });
});

test("a changed number is no change of members", () => {
  expect(toMembershipItem({ id: JID, author: PN, participants: [{ id: PN }], action: "modify" })).toBeUndefined();
});
