import { expect, test } from "vitest";
import { axisTicks, labelEvery, timelineBars } from "./bars.ts";

test.each([
  [0, [0, 1]],
  [1, [0, 1]],
  [3, [0, 1, 2, 3]],
  [10, [0, 3, 6, 9, 12]],
  [99, [0, 25, 50, 75, 100]],
  [1_234, [0, 500, 1_000, 1_500]],
])("an axis up to %d has the lines %j", (max, ticks) => {
  expect(axisTicks(max)).toEqual(ticks);
});

test("the last line of an axis is never below the largest value, and lines are few", () => {
  for (let max = 1; max < 5_000; max += 7) {
    const ticks = axisTicks(max);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(max);
    expect(ticks.length).toBeLessThanOrEqual(6);
  }
});

test("days are labelled by day, hours by hour", () => {
  const timeline = [{ iso: "2026-11-23T07:00:00.000Z", sent: 1, received: 2, total: 3 }];
  expect(timelineBars(timeline, true)[0]?.label).toBe("07:00");
  const days = timelineBars([{ iso: "2026-11-23T00:00:00.000Z", sent: 1, received: 2, total: 3 }], false);
  expect(days).toEqual([{ key: "2026-11-23T00:00:00.000Z", label: "23 Nov", title: "23 Nov: 1 sent, 2 received", sent: 1, received: 2 }]);
});

test("labels are thinned out to as many as fit", () => {
  expect([8, 25, 91].map((bars) => labelEvery(bars, 13))).toEqual([1, 2, 7]);
});
