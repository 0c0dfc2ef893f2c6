import { expect, test } from "vitest";
import { toAnalytics, type CountRow } from "./analytics-report.ts";
import { timeWindow } from "./time-window.ts";

const WINDOW = timeWindow("24h", new Date("2026-03-29T14:37:12.345Z"));
const row = (kind: CountRow["kind"], key: string, sent: number, total: number): CountRow => ({ kind, key, sent, total });
const report = (rows: readonly CountRow[]) => toAnalytics(rows, "24h", WINDOW);

test("a session without messages is all zeros, without changes and without a peak", () => {
  const empty = report([row("window", "", 0, 0), row("previous", "", 0, 0), row("activeContacts", "", 0, 0)]);
  expect(empty).toMatchObject({ totalMessages: 0, sentPercentage: 0, messagesChange: null, peakHour: null, peakHourVolume: 0, statusBreakdown: [] });
  expect(empty.hourlyDistribution).toHaveLength(24);
  expect(empty.timeline).toHaveLength(25);
  expect(empty.timeline.every(({ total }) => total === 0)).toBe(true);
});

test("each percentage is rounded by itself: the two may sum to 101", () => {
  const { sentPercentage, receivedPercentage } = report([row("window", "", 1, 8)]);
  expect([sentPercentage, receivedPercentage]).toEqual([13, 88]);
});

test.each([
  [3, 2, 50],
  [0, 4, -100],
  [397, 400, -1],
  [199, 200, 0], // -0.5 rounds up, where SQL's round gives -1
  [395, 400, -1], // -1.25
  [197, 200, -1], // -1.5 rounds up as well
  [5, 0, null],
])("%i messages after %i is a change of %s", (now, before, expected) => {
  const { messagesChange } = report([row("window", "", 0, now), row("previous", "", 0, before)]);
  expect(messagesChange).toBe(expected);
});

test("of equally busy hours the smallest is the peak", () => {
  const { peakHour, peakHourVolume } = report([row("window", "", 0, 7), row("hour", "17", 0, 3), row("hour", "4", 1, 3), row("hour", "3", 0, 1)]);
  expect([peakHour, peakHourVolume]).toEqual([4, 3]);
});

test("statuses come in their fixed order, only those with a count", () => {
  const { statusBreakdown } = report([row("window", "", 0, 4), row("status", "FAILED", 0, 1), row("status", "PENDING", 0, 3)]);
  expect(statusBreakdown).toEqual([
    { status: "PENDING", count: 3, percentage: 75 },
    { status: "FAILED", count: 1, percentage: 25 },
  ]);
});

test("buckets find their place in the timeline", () => {
  const second = Date.parse("2026-03-28T15:00:00.000Z") / 1_000;
  const { timeline } = report([row("window", "", 2, 5), row("bucket", String(second), 2, 5)]);
  expect(timeline[1]).toEqual({ iso: "2026-03-28T15:00:00.000Z", sent: 2, received: 3, total: 5 });
});
