import { describe, expect, it } from "vitest";
import { findBreach, type BreachLimits, type Second } from "./breach.ts";

const LIMITS: BreachLimits = { maxErrorRate: 0.02, maxSlowRate: 0.2, maxDriftRate: 0.1, minRequests: 20 };
const served = (requests: number, failed = 0, slow = 0) => ({ requests, failed, slow });
const second = (change: Partial<Second> = {}): Second => ({
  atMs: 0,
  served: { legacy: served(100), nest: served(30) },
  judged: 0,
  drifts: 0,
  ...change,
});

describe("the serving side", () => {
  it.each<[string, Second, "errors" | "latency" | "drift" | undefined]>([
    ["is left alone while it serves well", second(), undefined],
    ["breaches by failing", second({ served: { legacy: served(100), nest: served(30, 3) } }), "errors"],
    ["is left alone when legacy fails as much", second({ served: { legacy: served(100, 10), nest: served(30, 3) } }), undefined],
    ["is left alone on too little evidence", second({ served: { legacy: served(100), nest: served(5, 5) } }), undefined],
    ["breaches by being slow", second({ served: { legacy: served(100), nest: served(30, 0, 10) } }), "latency"],
    ["is left alone when legacy is as slow", second({ served: { legacy: served(100, 0, 40), nest: served(30, 0, 10) } }), undefined],
    ["breaches by drifting", second({ judged: 40, drifts: 10 }), "drift"],
  ])("%s", (_name, only, expected) => {
    expect(findBreach([only], LIMITS)?.kind).toBe(expected);
  });

  it("is judged over the whole window", () => {
    const bad = second({ served: { legacy: served(100), nest: served(30, 2) } });
    expect(findBreach([bad, ...Array.from({ length: 9 }, () => second())], LIMITS)).toBeUndefined();
    expect(
      findBreach(
        Array.from({ length: 10 }, () => bad),
        LIMITS,
      )?.detail,
    ).toBe("20 of 300 answers failed");
  });
});
