import { expect, test } from "vitest";
import { bucketStarts, timeWindow } from "./time-window.ts";

const END = new Date("2026-03-29T14:37:12.345Z"); // Europe changes its clocks on this day: UTC must not care

test.each([
  ["24h", "2026-03-28T14:37:12.345Z", "2026-03-27T14:37:12.345Z", 25],
  ["7d", "2026-03-22T14:37:12.345Z", "2026-03-15T14:37:12.345Z", 8],
  ["30d", "2026-02-27T14:37:12.345Z", "2026-01-28T14:37:12.345Z", 31],
  ["90d", "2025-12-29T14:37:12.345Z", "2025-09-30T14:37:12.345Z", 91],
  ["1y", "2026-03-22T14:37:12.345Z", "2026-03-15T14:37:12.345Z", 8],
  ["constructor", "2026-03-22T14:37:12.345Z", "2026-03-15T14:37:12.345Z", 8],
])("%s", (timeRange, start, previousStart, buckets) => {
  const window = timeWindow(timeRange, END);
  expect(window.start.toISOString()).toBe(start);
  expect(window.previousStart.toISOString()).toBe(previousStart);
  expect(bucketStarts(window)).toHaveLength(buckets);
});

test("buckets start on whole hours and days, also when the request does", () => {
  const hours = bucketStarts(timeWindow("24h", new Date("2026-03-29T14:00:00.000Z")));
  expect(hours).toHaveLength(25);
  expect(new Date(hours[0] ?? 0).toISOString()).toBe("2026-03-28T14:00:00.000Z");
  const days = bucketStarts(timeWindow("7d", END));
  expect(new Date(days[0] ?? 0).toISOString()).toBe("2026-03-22T00:00:00.000Z");
  expect(new Date(days.at(-1) ?? 0).toISOString()).toBe("2026-03-29T00:00:00.000Z");
});
