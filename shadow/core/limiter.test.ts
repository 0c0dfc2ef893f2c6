import { expect, test } from "vitest";
import { adjustLimit, initialLimit, type LimiterState } from "./limiter.ts";

const MAX = 32;

function busyFor(samples: number, share: number, state: LimiterState = initialLimit(MAX)): LimiterState {
  let next = state;
  for (let sample = 1; sample <= samples; sample += 1) next = adjustLimit(next, { kind: "busy", share, nowMs: sample * 100 }, MAX);
  return next;
}

test("one busy moment of the event loop costs nothing", () => {
  expect(busyFor(1, 1).limit).toBe(initialLimit(MAX).limit);
});

test("an event loop that stays busy brings the limit down to the probe within five seconds", () => {
  expect(busyFor(50, 1).limit).toBe(0.05);
});

test("a loop that is half busy for ever never does", () => {
  expect(busyFor(1_000, 0.5).limit).toBe(initialLimit(MAX).limit);
});

test("after it has been busy the limit comes back to where it may be", () => {
  let state = busyFor(50, 1);
  for (let nowMs = 5_100; nowMs < 15_000; nowMs += 10) state = adjustLimit(state, { kind: "answered", tookMs: 2, nowMs }, MAX);
  expect(state.limit).toBe(MAX);
});
