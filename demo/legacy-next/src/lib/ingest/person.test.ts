import { expect, test } from "vitest";
import { addressesOf, whoIs } from "./person.ts";

const PN = "15550100001@s.whatsapp.net";
const LID = "900001@lid";
const GROUP = "123-456@g.us";

test("a pair is one person, whichever half comes first", () => {
  expect(whoIs(LID, [PN])).toEqual({ kind: "person", lid: LID, pn: PN });
  expect(whoIs(PN, [undefined, LID])).toEqual({ kind: "person", lid: LID, pn: PN });
});

test("one half is enough", () => {
  expect(whoIs(LID, [undefined])).toEqual({ kind: "person", lid: LID });
  expect(whoIs(PN, ["15550100002@s.whatsapp.net"])).toEqual({ kind: "person", pn: PN });
});

test("a group has one address, and is nobody's other address", () => {
  expect(whoIs(GROUP, [PN])).toEqual({ kind: "group", jid: GROUP });
  expect(whoIs(PN, [GROUP])).toEqual({ kind: "person", pn: PN });
  expect(addressesOf(whoIs(GROUP, []))).toEqual([GROUP]);
});

test("the number leads", () => {
  expect(addressesOf(whoIs(LID, [PN]))).toEqual([PN, LID]);
});
