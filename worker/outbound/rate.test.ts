import { expect, it } from "vitest";
import { FULL, takeOne, type Allowance } from "./rate.ts";

/** How many messages leave between two moments, when there is always one waiting. */
function sentBetween(fromMs: number, toMs: number, perMinute: number): number {
  let allowance: Allowance = FULL;
  let sent = 0;
  for (let nowMs = fromMs; nowMs < toMs;) {
    const taken = takeOne(allowance, perMinute, nowMs);
    if (taken.isTaken) {
      allowance = taken.allowance;
      sent += 1;
    } else nowMs += taken.waitMs;
  }
  return sent;
}

it("lets twenty go at once, then an even stream", () => {
  expect(sentBetween(1_000_000, 1_000_001, 60)).toBe(20);
  expect(sentBetween(1_000_000, 1_060_000, 60)).toBe(79);
});

it("does not save more than a burst over a silence", () => {
  const taken = takeOne({ tokens: 0, atMs: 0 }, 60, 3_600_000);
  expect(taken).toEqual({ isTaken: true, allowance: { tokens: 19, atMs: 3_600_000 } });
});

it("has no limit at 0", () => {
  expect(takeOne({ tokens: 0, atMs: 0 }, 0, 5)).toEqual({ isTaken: true, allowance: { tokens: 0, atMs: 5 } });
});
