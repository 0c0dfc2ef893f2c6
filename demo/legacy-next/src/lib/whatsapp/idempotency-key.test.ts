import { expect, test } from "vitest";
import { parseIdempotencyKey } from "./idempotency-key.ts";

test.each([
  ["abc", "abc"],
  ['"abc"', "abc"],
  [" k-1!#~ ", "k-1!#~"],
  ['"a b, c"', "a b, c"],
  [String.raw`"a\"b\\c"`, String.raw`a"b\c`],
  ["x".repeat(255), "x".repeat(255)],
  [`"${"x".repeat(255)}"`, "x".repeat(255)],
])("%s is the key %s", (header, key) => {
  expect(parseIdempotencyKey(header)).toBe(key);
});

test.each([
  "",
  '""',
  "a b",
  "a,b",
  'a"b',
  String.raw`a\b`,
  '"a',
  '"a"b"',
  '"a";x=1',
  String.raw`"a\b"`,
  "clé",
  '"clé"',
  "x".repeat(256),
  `"${"x".repeat(256)}"`,
])("%s is none", (header) => {
  expect(parseIdempotencyKey(header)).toBeUndefined();
});
