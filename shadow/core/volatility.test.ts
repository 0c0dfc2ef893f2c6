import { describe, expect, it } from "vitest";
import { Budget } from "./budget.ts";
import { Volatility } from "./volatility.ts";
import { WriteClock } from "./write-clock.ts";

const LEARNED_AFTER = 8;
const LEARNED_FOR_MS = 60_000;

function noisy(volatility: Volatility, times: number, nowMs = 0): void {
  for (let round = 0; round < times; round += 1) {
    volatility.observe("e", "$.t", { didPrimaryMove: true, didCandidateMove: true });
    volatility.conclude("e", "$.t", { isNoise: true, didCandidateMove: true, nowMs });
  }
}

describe("learned volatility", () => {
  it("begins after so many noisy re-reads in a row, of this endpoint and path only", () => {
    const volatility = new Volatility();
    noisy(volatility, LEARNED_AFTER - 1);
    expect(volatility.isKnownNoise("e", "$.t", 0)).toBe(false);
    noisy(volatility, 1);
    expect(volatility.isKnownNoise("e", "$.t", 0)).toBe(true);
    expect(volatility.isKnownNoise("e", "$.u", 0)).toBe(false);
    expect(volatility.isKnownNoise("f", "$.t", 0)).toBe(false);
  });

  it("expires, and is then learned again from the start", () => {
    const volatility = new Volatility();
    noisy(volatility, LEARNED_AFTER, 1_000);
    expect(volatility.isKnownNoise("e", "$.t", 1_000 + LEARNED_FOR_MS - 1)).toBe(true);
    expect(volatility.isKnownNoise("e", "$.t", 1_000 + LEARNED_FOR_MS)).toBe(false);
    noisy(volatility, LEARNED_AFTER - 1, 1_000 + LEARNED_FOR_MS);
    expect(volatility.isKnownNoise("e", "$.t", 1_000 + LEARNED_FOR_MS)).toBe(false);
  });

  it("begins anew after any other verdict", () => {
    const volatility = new Volatility();
    noisy(volatility, LEARNED_AFTER - 1);
    volatility.conclude("e", "$.t", { isNoise: false, didCandidateMove: true, nowMs: 0 });
    noisy(volatility, LEARNED_AFTER - 1);
    expect(volatility.isKnownNoise("e", "$.t", 0)).toBe(false);
  });

  it("does not starve the search for stubs: a value that froze since is seen when it is learned again", () => {
    const volatility = new Volatility();
    noisy(volatility, LEARNED_AFTER);
    for (let round = 0; round < 5; round += 1) {
      expect(volatility.isFrozen("e", "$.t")).toBe(false);
      volatility.observe("e", "$.t", { didPrimaryMove: true, didCandidateMove: false });
      volatility.conclude("e", "$.t", { isNoise: true, didCandidateMove: false, nowMs: LEARNED_FOR_MS });
    }
    expect(volatility.isFrozen("e", "$.t")).toBe(true);
    expect(volatility.isKnownNoise("e", "$.t", LEARNED_FOR_MS)).toBe(false);
  });
});

describe("the write clock", () => {
  const clock = new WriteClock();
  clock.note({ tenant: "one", family: "contacts", atMs: 10_000 });
  clock.note({ tenant: undefined, family: "sessions", atMs: 10_000 });

  it.each([
    ["the same tenant and family, within the span", { tenant: "one", family: "contacts", fromMs: 9_000, toMs: 11_000 }, true],
    ["just before the span: its effect may lag", { tenant: "one", family: "contacts", fromMs: 10_050, toMs: 11_000 }, true],
    ["well before the span", { tenant: "one", family: "contacts", fromMs: 10_051, toMs: 11_000 }, false],
    ["after the span", { tenant: "one", family: "contacts", fromMs: 9_000, toMs: 9_900 }, false],
    ["another tenant", { tenant: "two", family: "contacts", fromMs: 9_000, toMs: 11_000 }, false],
    ["another family", { tenant: "one", family: "media", fromMs: 9_000, toMs: 11_000 }, false],
    ["a reader whose tenant is not known", { tenant: undefined, family: "contacts", fromMs: 9_000, toMs: 11_000 }, true],
    ["a writer whose tenant is not known", { tenant: "two", family: "sessions", fromMs: 9_000, toMs: 11_000 }, true],
  ])("%s", (_title, span, expected) => {
    expect(clock.wasTouched(span)).toBe(expected);
  });

  it("forgets what is long past, and never keeps more than it may", () => {
    const many = new WriteClock();
    for (let atMs = 0; atMs < 30_000; atMs += 1) many.note({ tenant: "one", family: "contacts", atMs });
    expect(many.wasTouched({ tenant: "one", family: "contacts", fromMs: 0, toMs: 1_000 })).toBe(false);
    expect(many.wasTouched({ tenant: "one", family: "contacts", fromMs: 29_000, toMs: 30_000 })).toBe(true);
  });
});

describe("the budget of re-reads", () => {
  it("gives so many at once, refills with time, and saves up for one second only", () => {
    const budget = new Budget(3);
    const taken = (nowMs: number): number => {
      let count = 0;
      while (budget.take(nowMs)) count += 1;
      return count;
    };
    expect([taken(0), taken(0), taken(334), taken(10_000), taken(5_000)]).toEqual([3, 0, 1, 3, 0]);
  });

  it("of nothing gives nothing, of less than one a second gives one when it is due", () => {
    expect(new Budget(0).take(1_000_000)).toBe(false);
    const slow = new Budget(0.5);
    expect([slow.take(0), slow.take(500), slow.take(1_000), slow.take(2_000), slow.take(3_000)]).toEqual([false, false, true, false, true]);
  });
});
