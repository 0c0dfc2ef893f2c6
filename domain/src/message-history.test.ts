import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChangeItem } from "./ingest.ts";
import { applyChange, refresh, toStoredMetadata, type StoredContent } from "./message-history.ts";

const ALICE = "15550100001@s.whatsapp.net";
const BOB = "15550100002@s.whatsapp.net";
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
const iso = (second: number) => at(second).toISOString();
const change = (kind: ChangeItem["kind"], second: number, rest: Partial<ChangeItem> = {}): ChangeItem => ({
  messageId: "WA1",
  actorJid: ALICE,
  at: at(second),
  kind,
  emoji: undefined,
  content: undefined,
  ...rest,
});
const PLAIN: StoredContent = { content: "hello", metadata: { forwarded: true } };
const after = (...changes: ChangeItem[]) => changes.reduce<StoredContent>((stored, each) => applyChange(stored, each) ?? stored, PLAIN);

describe("applyChange", () => {
  it("keeps one reaction per person, the newest", () => {
    const reacted = after(
      change("reaction", 1, { emoji: "👍" }),
      change("reaction", 2, { emoji: "❤️", actorJid: BOB }),
      change("reaction", 3, { emoji: "😀" }),
    );
    expect(reacted.metadata).toEqual({
      forwarded: true,
      reactions: [
        { from: BOB, emoji: "❤️", at: iso(2) },
        { from: ALICE, emoji: "😀", at: iso(3) },
      ],
    });
    expect(applyChange(reacted, change("reaction", 3, { emoji: "😀" }))).toBeUndefined();
    expect(applyChange(reacted, change("reaction", 2, { emoji: "👍" }))).toBeUndefined();
  });

  it("does not bring a removed reaction back", () => {
    const removed = after(change("reaction", 1, { emoji: "👍" }), change("reaction", 2));
    expect(removed.metadata.reactions).toEqual([]);
    expect(applyChange(removed, change("reaction", 1, { emoji: "👍" }))).toBeUndefined();
    expect(applyChange(removed, change("reaction", 3, { emoji: "👍" }))?.metadata).toEqual({
      forwarded: true,
      reactions: [{ from: ALICE, emoji: "👍", at: iso(3) }],
    });
  });

  it("edits and deletes, newest first", () => {
    const edited = after(change("edit", 2, { content: "new" }));
    expect(edited).toEqual({ content: "new", metadata: { forwarded: true, editedAt: iso(2) } });
    expect(applyChange(edited, change("edit", 2, { content: "same time" }))).toBeUndefined();
    expect(applyChange(edited, change("edit", 1, { content: "older" }))).toBeUndefined();
    const deleted = after(change("edit", 2, { content: "new" }), change("delete", 3));
    expect(deleted).toEqual({ content: null, metadata: { forwarded: true, editedAt: iso(2), deletedAt: iso(3) } });
    expect(applyChange(deleted, change("edit", 4, { content: "never" }))).toBeUndefined();
    expect(applyChange(deleted, change("delete", 3))).toBeUndefined();
  });

  it("never stores an empty text", () => {
    expect(applyChange(PLAIN, change("edit", 1, { content: "" }))?.content).toBeNull();
  });

  it("ends the same, whichever earlier reports are repeated in between", () => {
    const any = fc.record({
      kind: fc.constantFrom("reaction" as const, "edit" as const, "delete" as const),
      actorJid: fc.constantFrom(ALICE, BOB),
      emoji: fc.option(fc.constantFrom("👍", "❤️"), { nil: undefined }),
      content: fc.option(fc.constantFrom("a", "b"), { nil: undefined }),
      at: fc.nat(20).map(at),
      messageId: fc.constant("WA1"),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 12 }), fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 12 }), (changes, repeats) => {
        const mixed = changes.flatMap((each, index) => [
          each,
          ...repeats.filter(([place]) => place % changes.length === index).map(([, which]) => changes[which % (index + 1)] ?? each),
        ]);
        expect(after(...mixed)).toEqual(after(...changes));
      }),
    );
  });
});

describe("refresh", () => {
  const reported = { content: "again", metadata: { seconds: 3 } };
  it("takes what is reported now, and keeps reactions", () => {
    const stored = after(change("reaction", 1, { emoji: "👍" }));
    expect(refresh(stored, reported)).toEqual({ content: "again", metadata: { seconds: 3, reactions: [{ from: ALICE, emoji: "👍", at: iso(1) }] } });
  });

  it.each(["edit", "delete"] as const)("leaves a message alone after %s", (kind) => {
    const stored = after(change(kind, 1, { content: "x" }));
    expect(refresh(stored, reported)).toBe(stored);
  });
});

describe("toStoredMetadata", () => {
  it("keeps known keys in their form, and nothing that only changes write", () => {
    const reported = {
      fileName: "a.pdf",
      seconds: 1.5,
      width: 10,
      rawMessage: { key: 1 },
      reactions: [],
      editedAt: iso(1),
      deletedAt: iso(1),
      pushName: "a\0b",
      mentions: ["x", "y\ud800"],
      location: { latitude: 1, longitude: 2, name: null, address: null, extra: 1 },
      ["__proto__"]: { forwarded: true },
    };
    expect(toStoredMetadata(reported)).toEqual({ fileName: "a.pdf", width: 10, location: { latitude: 1, longitude: 2, name: null, address: null } });
    expect(toStoredMetadata(undefined)).toEqual({});
  });

  it("stays below 16 KiB", () => {
    expect(toStoredMetadata({ fileName: "a", mentions: Array.from({ length: 2_000 }, (_, index) => `1555010${index}@s.whatsapp.net`) })).toEqual({
      fileName: "a",
    });
  });
});
