import { expect, test } from "vitest";
import { formatBytes, formatClock, formatDuration, formatFullDay, formatMoment, initialsOf, titleOf } from "./format.ts";

test("dates are shown in UTC", () => {
  expect(formatClock("2026-11-23T23:58:00.000Z")).toBe("23:58");
  expect(formatMoment("2026-01-03T04:05:00.000Z")).toBe("3 Jan, 04:05");
  expect(formatFullDay("2026-11-23T23:58:00.000Z")).toBe("Mon 23 Nov 2026");
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [9_000, "9.0 KB"],
  [48_213, "48 KB"],
  [1_073_741_824, "1.1 GB"],
  [5e12, "5000 GB"],
])("%i bytes are %s", (bytes, expected) => {
  expect(formatBytes(bytes)).toBe(expected);
});

test.each([
  [12, "0:12"],
  [75, "1:15"],
  [3_723, "1:02:03"],
])("%i seconds are %s", (seconds, expected) => {
  expect(formatDuration(seconds)).toBe(expected);
});

test("a contact without a name is its number, else its address", () => {
  expect(titleOf({ name: "Alex", phoneNumber: "15550000101", jid: "x" })).toBe("Alex");
  expect(titleOf({ name: null, phoneNumber: "15550000101", jid: "x" })).toBe("+15550000101");
  expect(titleOf({ name: null, phoneNumber: null, jid: "777@lid" })).toBe("777@lid");
});

test.each([
  ["Alex Rivera", "AR"],
  ["élan", "É"],
  ["+15550000101", "01"],
  ["777002@lid", "02"],
  ["…", ""],
])("%s is marked %s", (title, expected) => {
  expect(initialsOf(title)).toBe(expected);
});
