import { expect, test } from "vitest";
import { changeMessage, type Change } from "./message-changes.ts";

const AT = "2026-11-24T10:00:00.000Z";
const EARLIER = new Date("2026-11-24T09:00:00.000Z");
const at = new Date(AT);
const actorJid = "15550100001@s.whatsapp.net";
const react = (emoji: string | null, when = at): Change => ({ kind: "reaction", actorJid, at: when, emoji });
const MESSAGE = { content: "hello", metadata: { pushName: "A" } };
const THUMB = { from: actorJid, emoji: "👍", at: AT };

test("a reaction is added, changed and taken back", () => {
  const added = changeMessage(MESSAGE, react("👍"));
  expect(added?.metadata).toEqual({ pushName: "A", reactions: [THUMB] });
  const later = new Date("2026-11-24T11:00:00.000Z");
  expect(added && changeMessage(added, react("❤️", later))?.metadata["reactions"]).toEqual([
    { from: actorJid, emoji: "❤️", at: later.toISOString() },
  ]);
  expect(added && changeMessage(added, react(null, later))?.metadata).toEqual({ pushName: "A" });
});

test("a reaction that is not newer than the stored one changes nothing", () => {
  const message = { ...MESSAGE, metadata: { reactions: [THUMB] } };
  for (const change of [react("👍"), react("❤️", EARLIER), react(null)]) expect(changeMessage(message, change)).toBeUndefined();
  expect(changeMessage(MESSAGE, react(null))).toBeUndefined();
});

test("somebody else's reaction stays", () => {
  const other = { from: "900001@lid", emoji: "🎉", at: AT };
  expect(changeMessage({ ...MESSAGE, metadata: { reactions: [other] } }, react("👍"))?.metadata["reactions"]).toEqual([other, THUMB]);
});

test("the newest edit wins, and none after a deletion", () => {
  const edit: Change = { kind: "edit", actorJid, at, content: "bye" };
  const edited = changeMessage(MESSAGE, edit);
  expect(edited).toEqual({ content: "bye", metadata: { pushName: "A", editedAt: AT } });
  expect(edited && changeMessage(edited, edit)).toBeUndefined();
  expect(edited && changeMessage(edited, { ...edit, at: EARLIER })).toBeUndefined();
  expect(changeMessage({ content: null, metadata: { deletedAt: AT } }, edit)).toBeUndefined();
});

test("a deletion takes the content, once", () => {
  const deletion: Change = { kind: "delete", actorJid, at };
  const deleted = changeMessage(MESSAGE, deletion);
  expect(deleted).toEqual({ content: null, metadata: { pushName: "A", deletedAt: AT } });
  expect(deleted && changeMessage(deleted, deletion)).toBeUndefined();
});
