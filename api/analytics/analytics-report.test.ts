import { describe, expect, it } from "vitest";
import type { MessageStatus } from "@ipnuo/domain/enums";
import { changeOf, percentOf, toAnalytics, type AnalyticsCounts, type Traffic } from "./analytics-report.ts";
import { windowOf } from "./analytics-window.ts";

const NOW = Date.UTC(2026, 4, 20, 0, 0);

describe("percentages and changes are floor(x + 0.5)", () => {
  it.each([
    [1, 200, 1],
    [1, 201, 0],
    [2, 3, 67],
    [1, 8, 13],
    [5, 0, 0],
    [0, 5, 0],
  ])("%i of %i is %i", (part, total, expected) => {
    expect(percentOf(part, total)).toBe(expected);
  });

  it.each([
    [199, 200, 0],
    [197, 200, -1],
    [0, 7, -100],
    [3, 0, null],
    [0, 0, null],
    [10, 3, 233],
  ])("%i after %i is %j", (now, before, expected) => {
    // 199 after 200 is -0.5: rounded up, as JavaScript does and SQL does not; and never -0.
    expect(changeOf(now, before)).toBe(expected);
  });
});

describe("the report", () => {
  const counts = (over: Partial<AnalyticsCounts>): AnalyticsCounts => ({
    total: { sent: 0, received: 0 },
    flowbot: 0,
    previous: { sent: 0, received: 0 },
    activeContacts: 0,
    byBucket: new Map(),
    byHour: new Map(),
    byStatus: new Map(),
    ...over,
  });

  it("names the smallest of equal peak hours", () => {
    const byHour = new Map<number, Traffic>([
      [20, { sent: 2, received: 0 }],
      [3, { sent: 1, received: 1 }],
    ]);
    expect(toAnalytics(counts({ total: { sent: 3, received: 1 }, byHour }), windowOf("7d", NOW), "7d")).toMatchObject({
      peakHour: 3,
      peakHourVolume: 2,
    });
  });

  it("keeps the contract's order of statuses and leaves out the others", () => {
    const byStatus = new Map<MessageStatus, number>([
      ["FAILED", 1],
      ["DELIVERED", 2],
      ["PENDING", 0],
    ]);
    expect(toAnalytics(counts({ total: { sent: 3, received: 0 }, byStatus }), windowOf("7d", NOW), "7d").statusBreakdown).toEqual([
      { status: "DELIVERED", count: 2, percentage: 67 },
      { status: "FAILED", count: 1, percentage: 33 },
    ]);
  });

  it("rounds shares by themselves: they may sum to 101", () => {
    const report = toAnalytics(counts({ total: { sent: 1, received: 199 } }), windowOf("7d", NOW), "7d");
    expect([report.sentPercentage, report.receivedPercentage]).toEqual([1, 100]);
  });

  it.each([
    ["24h", 25],
    ["7d", 8],
    ["30d", 31],
    ["90d", 91],
  ])("of %s has %i buckets also when the window ends on a boundary", (range, length) => {
    expect(windowOf(range, NOW).buckets).toHaveLength(length);
  });
});
