import { expect, test } from "vitest";
import { parseDateOrInstant, parseInstant } from "./iso-date.ts";

test.each([
  ["2026-02-28", "2026-02-28T00:00:00.000Z"],
  ["2024-02-29", "2024-02-29T00:00:00.000Z"],
  ["0050-01-01", "0050-01-01T00:00:00.000Z"],
  ["2026-11-24T10:20:30Z", "2026-11-24T10:20:30.000Z"],
  ["2026-11-24T10:20:30.1234+02:00", "2026-11-24T08:20:30.123Z"],
  ["2026-11-24T10:20-05:30", "2026-11-24T15:50:00.000Z"],
])("%s is %s", (text, iso) => {
  expect(parseDateOrInstant(text)?.toISOString()).toBe(iso);
});

test.each([
  "2026-02-30",
  "2026-13-01",
  "2025-02-29",
  "0000-01-01",
  "2026-1-1",
  "24/11/2026",
  "2026-11-24T10:20:30",
  "2026-11-24 10:20:30Z",
  "2026-02-30T10:20:30Z",
  "2026-11-24T24:00:00Z",
  "2026-11-24T10:20:30+25:00",
  "tomorrow",
  "",
  1,
  null,
])("%s is no date", (value) => {
  expect(parseDateOrInstant(value)).toBeUndefined();
});

test("an instant has a time and an offset", () => {
  expect(parseInstant("2026-11-24")).toBeUndefined();
  expect(parseInstant("2026-11-24T00:00:00Z")).toEqual(new Date("2026-11-24T00:00:00Z"));
});
