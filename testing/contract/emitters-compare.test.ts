import { describe, expect, it } from "vitest";
import { differencesOf } from "./emitters-compare.ts";

const NOW = Date.parse("2026-03-01T10:00:00.000Z");
const CHANNEL = "private-whatsapp.s1";
const told = (data: object, event = "message.received", channels = [CHANNEL]) => ({ channels, event, data: { ...data, timestamp: NOW } });
const compare = (one: ReturnType<typeof told>[], other: ReturnType<typeof told>[], recentKeys: string[] = []) =>
  differencesOf(one, other, { recentKeys, nowMs: NOW });

describe("emissions of two systems", () => {
  it("agree when only their own ids differ", () => {
    expect(compare([told({ id: "a", contactId: "b" }), told({ id: "a" })], [told({ id: "x", contactId: "y" }), told({ id: "x" })])).toEqual([]);
  });

  it("agree on the path of a file when its last part is the message's id", () => {
    const of = (id: string, mediaUrl: string | null) => [told({ id, mediaUrl }, "media.processed")];
    expect(compare(of("a", "/api/whatsapp/media/a"), of("x", "/api/whatsapp/media/x"))).toEqual([]);
    expect(compare(of("a", "/api/whatsapp/media/a"), of("x", "/api/whatsapp/media/y"))).toHaveLength(1);
    expect(compare(of("a", "/api/whatsapp/media/a"), of("x", "/files/x"))).toHaveLength(1);
    expect(compare(of("a", "/api/whatsapp/media/a"), of("x", null))).toHaveLength(1);
  });

  it.each([
    ["one id stands for two", [told({ id: "a" }), told({ id: "a" })], [told({ id: "x" }), told({ id: "y" })], /message\.received\.id/],
    ["two ids stand for one", [told({ id: "a" }), told({ id: "b" })], [told({ id: "x" }), told({ id: "x" })], /message\.received\.id/],
    ["an id is missing", [told({ id: "a" })], [told({ id: null })], /id: legacy "a"; nest null/],
    ["a value differs", [told({ content: "a" })], [told({ content: "b" })], /content: legacy "a"; nest "b"/],
    ["a key is missing", [told({ content: "a" })], [told({})], /keys/],
    ["an event is missing", [told({})], [], /nest tells nothing/],
    ["an event comes twice", [told({})], [told({}), told({})], /message\.received, message\.received/],
    ["the order differs", [told({}, "a"), told({}, "b")], [told({}, "b"), told({}, "a")], /legacy tells a, b; nest tells b, a/],
    ["a channel turned public", [told({})], [told({}, "message.received", ["whatsapp.s1"])], /whatsapp\.s1: legacy tells nothing/],
  ])("disagree when %s", (_name, one, other, line) => {
    expect(compare(one, other).join("\n")).toMatch(line);
  });

  it("may each have their own time where it is the act's, but a time, and a recent one", () => {
    const at = (time: unknown) => [told({ lastMessageAt: time })];
    expect(compare(at("2026-03-01T09:59:59.000Z"), at("2026-03-01T09:59:59.111Z"), ["lastMessageAt"])).toEqual([]);
    expect(compare(at("2026-03-01T09:59:59.000Z"), at(null), ["lastMessageAt"])).toHaveLength(1);
    expect(compare(at("2026-03-01T09:59:59.000Z"), at("2026-03-01T08:00:00.000Z"), ["lastMessageAt"])).toHaveLength(1);
    expect(differencesOf([{ ...told({}), data: { timestamp: "2026" } }], [told({})], { recentKeys: [], nowMs: NOW })).toHaveLength(1);
  });
});
