import { expect, test } from "vitest";
import { toWire } from "./emission.ts";

const wire = (data: Record<string, unknown>): Record<string, unknown> =>
  JSON.parse(toWire({ channel: "private-whatsapp.s1", event: "e", data, sessionId: "s1", tenantId: "t1" }, 1_700_000_000_123)) as Record<
    string,
    unknown
  >;

test("the envelope comes last, and its timestamp overwrites the fact's", () => {
  const text = toWire({ channel: "c", event: "e", data: { timestamp: "2026-01-01", qr: "x" }, sessionId: null, tenantId: "t1" }, 5);
  expect(text).toBe('{"qr":"x","sessionId":null,"tenantId":"t1","timestamp":5}');
});

test("content is cut at 1500 code points and says so", () => {
  const content = "😀".repeat(1_501);
  const { content: cut, contentTruncated } = wire({ content, contentTruncated: false });
  expect(Array.from(cut as string)).toHaveLength(1_500);
  expect(contentTruncated).toBe(true);
  expect(wire({ content: "😀".repeat(1_500), contentTruncated: false })["contentTruncated"]).toBe(false);
});

test("names are cut to 120 code points, also in a user's reference, error messages to 300", () => {
  const long = "n".repeat(400);
  const data = wire({ name: long, contactName: long, errorMessage: long, toUser: { id: "u1", name: long, email: "a@b.c" } });
  expect([data["name"], data["contactName"], data["errorMessage"]].map((text) => (text as string).length)).toEqual([120, 120, 300]);
  expect((data["toUser"] as { name: string }).name).toHaveLength(120);
});

test("what is still too large goes without its content", () => {
  const data = wire({ content: "\u0001".repeat(1_500), contentTruncated: false, filler: "x".repeat(5_000) });
  expect([data["content"], data["contentTruncated"]]).toEqual([null, true]);
});
