import { expect, test } from "vitest";
import { isSameJson, isStorableJson, toMessageMetadata } from "./stored-json.ts";

test("only the keys that may be told are kept", () => {
  expect(toMessageMetadata({ pushName: "A", raw: { secret: 1 }, seconds: 3, poll: null })).toEqual({ pushName: "A", seconds: 3 });
  expect(toMessageMetadata({ raw: 1 })).toBeNull();
});

test.each([[[1]], ["text"], [{ pushName: "a\u0000" }], [{ contacts: [{ displayName: "\ud800" }] }], [{ pushName: "é".repeat(8_192) }]])(
  "%j cannot be stored",
  (value) => {
    expect(toMessageMetadata(value)).toBeUndefined();
  },
);

test("a key can be as bad as a value", () => {
  expect(isStorableJson({ "a\u0000": 1 })).toBe(false);
  expect(isStorableJson({ a: [null, 1, true, "\u{1F600}"] })).toBe(true);
});

test("documents are equal whatever the order of their keys", () => {
  expect(isSameJson({ a: 1, b: { c: [1, 2], d: null } }, { b: { d: null, c: [1, 2] }, a: 1 })).toBe(true);
  expect(isSameJson({ a: [1, 2] }, { a: [2, 1] })).toBe(false);
  expect(isSameJson([], {})).toBe(false);
  expect(isSameJson(null, undefined)).toBe(true);
});
