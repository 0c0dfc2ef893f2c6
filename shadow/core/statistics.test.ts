import { describe, expect, it } from "vitest";
import { logGamma, normalQuantile, rateLowerBound, rateUpperBound, trialsNeeded } from "./statistics.ts";

/** Numbers in [0, 1) from a seed (mulberry32), so that a simulation is the same every time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe("published values", () => {
  // Abramowitz and Stegun, tables 6.1 and 26.1.
  it.each([
    [1, 0],
    [2, 0],
    [0.5, 0.572_364_942_924_700_1],
    [5, 3.178_053_830_347_945_8],
    [10, 12.801_827_480_081_469],
    [100, 359.134_205_369_575_4],
  ])("of the logarithm of the gamma function at %d", (at, value) => {
    expect(logGamma(at)).toBeCloseTo(value, 10);
  });

  it.each([
    [0.5, 0],
    [0.8413447460685429, 1],
    [0.95, 1.644_853_626_951_472_2],
    [0.975, 1.959_963_984_540_054],
    [0.995, 2.575_829_303_548_900_4],
    [0.001, -3.090_232_306_167_813],
  ])("of the normal quantile at %d", (at, value) => {
    expect(normalQuantile(at)).toBeCloseTo(value, 7);
  });
});

describe("the bounds of a rate", () => {
  it("are 0 and 1 without trials", () => {
    expect([rateLowerBound({ events: 0, trials: 0, confidence: 0.95 }), rateUpperBound({ events: 0, trials: 0, confidence: 0.95 })]).toEqual([0, 1]);
  });

  it("hold the observed rate between them and narrow with evidence", () => {
    let before = 1;
    for (const trials of [10, 100, 1_000, 10_000, 100_000]) {
      const [low, high] = [rateLowerBound, rateUpperBound].map((bound) => bound({ events: trials / 10, trials, confidence: 0.95 }));
      expect(low).toBeLessThan(0.1);
      expect(high).toBeGreaterThan(0.1);
      expect((high ?? 1) - (low ?? 0)).toBeLessThan(before);
      before = (high ?? 1) - (low ?? 0);
    }
  });

  // A fixed-sample interval may be as narrow as Clopper and Pearson's (1 - 0.05^(1/n) for no event); one that holds at every look is wider.
  it.each([100, 1_000, 10_000])("without an event in %d trials lie above the exact fixed-sample bound, within a factor of three", (trials) => {
    const exact = 1 - 0.05 ** (1 / trials);
    const bound = rateUpperBound({ events: 0, trials, confidence: 0.95 });
    expect(bound).toBeGreaterThan(exact);
    expect(bound).toBeLessThan(3 * exact);
  });

  it("say how many trials are needed, neither one more nor one less", () => {
    for (const events of [0, 1, 5]) {
      const needed = trialsNeeded({ events, limit: 0.001, confidence: 0.95 });
      expect(rateUpperBound({ events, trials: needed, confidence: 0.95 })).toBeLessThanOrEqual(0.001);
      expect(rateUpperBound({ events, trials: needed - 1, confidence: 0.95 })).toBeGreaterThan(0.001);
    }
  });
});

describe("with a look after every 100 comparisons up to 20,000", () => {
  const LIMIT = 0.001;
  const RUNS = 10_000;
  const known = new Map<number, number>();
  /** The smallest number of trials at which so many events pass: the bound falls with the trials. */
  const passesFrom = (events: number): number => {
    const found = known.get(events) ?? trialsNeeded({ events, limit: LIMIT, confidence: 0.95 });
    known.set(events, found);
    return found;
  };

  /** The share of runs in which a look ever passes. Events arrive at geometric distances. */
  function everPasses(rate: number, seed: number): number {
    const random = randomFrom(seed);
    let passed = 0;
    for (let run = 0; run < RUNS; run += 1) {
      let events = 0;
      let next = distance(rate, random);
      for (let trials = 100; trials <= 20_000; trials += 100) {
        while (next <= trials) {
          events += 1;
          next += distance(rate, random);
        }
        if (trials >= passesFrom(events)) {
          passed += 1;
          break;
        }
      }
    }
    return passed / RUNS;
  }

  const distance = (rate: number, random: () => number): number => Math.floor(Math.log1p(-random()) / Math.log1p(-rate)) + 1;

  it.each([0.001_01, 0.001_5, 0.003])("a true rate of %d, above the limit, ever passes in at most 5 %% of 10,000 runs", (rate) => {
    expect(everPasses(rate, 7)).toBeLessThanOrEqual(0.05);
  });

  it("a true rate far below the limit passes in nearly all runs: the bound is of use", () => {
    expect(everPasses(0.000_01, 11)).toBeGreaterThan(0.95);
  });
});
