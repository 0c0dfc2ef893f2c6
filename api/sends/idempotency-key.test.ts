import { describe, expect, it } from "vitest";
import { idempotencyKeyOf } from "./idempotency-key.ts";

describe("idempotencyKeyOf", () => {
  it.each([
    ["abc-123_:;.", "abc-123_:;."],
    ['"abc-123"', "abc-123"],
    ['"a b, c"', "a b, c"],
    [String.raw`"a\"b\\c"`, String.raw`a"b\c`],
    ["a".repeat(255), "a".repeat(255)],
    [`"${"a".repeat(255)}"`, "a".repeat(255)],
  ])("reads %s", (header, key) => {
    expect(idempotencyKeyOf(header)).toBe(key);
  });

  it.each([
    "",
    '""',
    "a b",
    "a,b",
    '"a',
    'a"',
    String.raw`a\b`,
    String.raw`"a\nb"`,
    '"a", "b"',
    "ñ",
    '"ñ"',
    "a\tb",
    "a".repeat(256),
    `"${"a".repeat(256)}"`,
    '"a";p=1',
  ])("refuses %j", (header) => {
    expect(() => idempotencyKeyOf(header)).toThrow("Idempotency-Key is invalid");
  });

  it("makes a new one for each send without one", () => {
    expect(idempotencyKeyOf(undefined)).not.toBe(idempotencyKeyOf(undefined));
  });
});
