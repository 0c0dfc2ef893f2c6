import { assert, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "./random.ts";

const take = <Value>(count: number, make: () => Value): Value[] => Array.from({ length: count }, () => make());
const sequence = (seed: number): number[] => take(50, createRandom(seed).next);

describe("createRandom", () => {
  it("gives the same sequence for the same seed and another for another seed", () => {
    expect(sequence(7)).toEqual(sequence(7));
    expect(sequence(7)).not.toEqual(sequence(8));
  });

  it("stays in the range that was asked for and reaches both ends", () => {
    assert(
      property(integer(), integer({ min: -50, max: 50 }), integer({ min: 0, max: 9 }), (seed, min, span) => {
        const { int } = createRandom(seed);
        const values = take(400, () => int(min, min + span));
        expect([Math.min(...values), Math.max(...values)]).toEqual([min, min + span]);
      }),
    );
  });

  it("spreads evenly over the unit interval", () => {
    const { next } = createRandom(3);
    const tenths = take(20_000, () => Math.floor(next() * 10));
    for (let tenth = 0; tenth < 10; tenth += 1) {
      expect(tenths.filter((value) => value === tenth).length).toBeGreaterThan(1_800);
      expect(tenths.filter((value) => value === tenth).length).toBeLessThan(2_200);
    }
  });

  it("draws a weighted value about as often as its weight says, never one of weight 0", () => {
    const { weighted } = createRandom(5);
    const drawn = take(10_000, () =>
      weighted([
        ["often", 9],
        ["never", 0],
        ["seldom", 1],
      ]),
    );
    expect(drawn).not.toContain("never");
    expect(drawn.filter((value) => value === "seldom").length).toBeGreaterThan(850);
    expect(drawn.filter((value) => value === "seldom").length).toBeLessThan(1_150);
  });

  it("makes ids of cuid's form that do not repeat", () => {
    const { id } = createRandom(1);
    const ids = take(50_000, id);
    expect(ids.every((value) => /^c[a-z0-9]{24}$/.test(value))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
