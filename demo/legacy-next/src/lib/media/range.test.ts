import { expect, test } from "vitest";
import { parseRange } from "./range.ts";

test.each([
  ["bytes=0-0", { start: 0, end: 0 }],
  ["bytes=2-5", { start: 2, end: 5 }],
  ["bytes=2-", { start: 2, end: 9 }],
  ["bytes=9-9999", { start: 9, end: 9 }],
  ["bytes=-3", { start: 7, end: 9 }],
  ["bytes=-99", { start: 0, end: 9 }],
  ["Bytes=1-1", { start: 1, end: 1 }],
  ["bytes=0-99999999999999999999999", { start: 0, end: 9 }],
])("%s of ten bytes is one range", (header, expected) => {
  expect(parseRange(header, 10)).toEqual(expected);
});

test.each(["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99999999999999999999-"])("%s of ten bytes cannot be satisfied", (header) => {
  expect(parseRange(header, 10)).toBe("unsatisfiable");
});

test.each([
  null,
  "",
  "bytes=",
  "bytes=-",
  "bytes=5-2",
  "bytes=0-1,3-4",
  "bytes=a-b",
  "bytes 0-1",
  "items=0-1",
  "bytes=0x1-2",
  "bytes=+1-2",
  "bytes=1-2x",
])("%s asks for the whole", (header) => {
  expect(parseRange(header, 10)).toBeUndefined();
});
