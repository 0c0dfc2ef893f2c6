import { expect, test } from "vitest";
import { applyAction, boundParticipants, isSameGroup, storedParticipants } from "./participants.ts";

const ANA = { jid: "15550100001@s.whatsapp.net", admin: true };
const BEA = { jid: "15550100002@s.whatsapp.net", admin: false };

test("somebody comes, goes, rises and falls", () => {
  expect(applyAction([ANA], "add", [BEA.jid, ANA.jid])).toEqual([ANA, BEA]);
  expect(applyAction([ANA, BEA], "remove", [BEA.jid, "x@lid"])).toEqual([ANA]);
  expect(applyAction([ANA, BEA], "promote", [BEA.jid])).toEqual([ANA, { ...BEA, admin: true }]);
  expect(applyAction([ANA, BEA], "demote", [ANA.jid])).toEqual([{ ...ANA, admin: false }, BEA]);
});

test("a list holds everybody once and 1,024 at most", () => {
  const many = Array.from({ length: 1_100 }, (_, index) => ({ jid: `${index}@lid`, admin: false }));
  expect(boundParticipants([...many, ...many])).toHaveLength(1_024);
  expect(applyAction(many.slice(0, 1_024), "add", ["new@lid"])).toHaveLength(1_024);
});

test("the order of a list says nothing", () => {
  expect(isSameGroup([ANA, BEA], [BEA, ANA])).toBe(true);
  expect(isSameGroup([ANA, BEA], [BEA, { ...ANA, admin: false }])).toBe(false);
});

test("what is stored and no list counts as nobody", () => {
  expect(storedParticipants(null)).toEqual([]);
  expect(storedParticipants({ participants: [ANA, "x", { jid: 1 }] })).toEqual([ANA]);
});
