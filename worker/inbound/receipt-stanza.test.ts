import { expect, test } from "vitest";
import type { BinaryNode } from "@whiskeysockets/baileys";
import { statusesOf } from "./receipt-stanza.ts";

const ME = { id: "15550001000:3@s.whatsapp.net", lid: "200000000009:3@lid" };
const ADA = "15550002000@s.whatsapp.net";
const GROUP = "120363000000000001@g.us";
const NOW = Date.UTC(2026, 0, 1);

const receipt = (attrs: Record<string, string>, items: readonly string[] = []): BinaryNode => ({
  tag: "receipt",
  attrs: { id: "A", t: "1700000000", ...attrs },
  ...(items.length === 0 ? {} : { content: [{ tag: "list", attrs: {}, content: items.map((id) => ({ tag: "item", attrs: { id } })) }] }),
});
const read = (stanza: BinaryNode): string[] => statusesOf(stanza, ME, NOW).map(({ messageId, status }) => `${messageId} ${status}`);

test.each([
  ["a delivery", receipt({ from: ADA }), ["A DELIVERED"]],
  ["a reading", receipt({ from: ADA, type: "read" }), ["A READ"]],
  ["a playing", receipt({ from: ADA, type: "played" }), ["A READ"]],
  ["several at once", receipt({ from: ADA, type: "read" }, ["B", "C"]), ["A READ", "B READ", "C READ"]],
  ["a member of a group", receipt({ from: GROUP, participant: ADA, type: "read" }), ["A READ"]],
  ["by a LID", receipt({ from: "200000000001@lid" }), ["A DELIVERED"]],
  ["another device of ours that got an own message", receipt({ from: ME.id, recipient: ADA, type: "sender" }), ["A SENT"]],
  ["another device of ours that read what others wrote", receipt({ from: ME.id, recipient: ADA, type: "read" }), []],
  ["a request to send again", receipt({ from: ADA, type: "retry" }), []],
  ["a status broadcast", receipt({ from: "status@broadcast", participant: ADA }), []],
  ["nobody", { tag: "receipt", attrs: { id: "A" } }, []],
] as const)("%s", (_name, stanza, statuses) => {
  expect(read(stanza)).toEqual(statuses);
});

test("the time is that of the receipt", () => {
  expect(statusesOf(receipt({ from: ADA }), ME, NOW)[0]?.at).toBe("2023-11-14T22:13:20.000Z");
});
