import { expect, it } from "vitest";
import { durationOf, summaryPeriod } from "./summary-period.ts";

const HOUR_MS = 3_600_000;
const NOW = new Date(Date.UTC(2026, 0, 20));
const ago = (hours: number) => new Date(NOW.getTime() - hours * HOUR_MS);

it.each([
  ["an open conversation of two days", "OPEN", ago(48), ago(48)],
  ["an open conversation of an hour", "OPEN", ago(1), ago(24)],
  ["an open conversation of nobody knows when", "OPEN", null, ago(7 * 24)],
  ["a closed one", "CLOSED", null, ago(7 * 24)],
  ["a closed one with a relic of its start", "CLOSED", ago(400), ago(7 * 24)],
] as const)("looks at %s", (_name, sessionStatus, sessionStartedAt, from) => {
  expect(summaryPeriod({ sessionStatus, sessionStartedAt }, NOW)).toEqual({ from, to: NOW });
});

it.each([
  [null, null],
  [ago(1), "60 min"],
  [new Date(NOW.getTime() - 59_999), "0 min"],
  [new Date(NOW.getTime() + 5_000), "0 min"],
])("a conversation since %s took %s", (startedAt, duration) => {
  expect(durationOf(startedAt, NOW)).toBe(duration);
});
