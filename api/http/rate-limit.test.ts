import { describe, expect, it } from "vitest";
import { RateLimit } from "./rate-limit.ts";

describe("a rate limit", () => {
  it("lets so many pass in a minute, each caller by itself", () => {
    const limit = new RateLimit(2);
    expect([limit.take("a", 0), limit.take("a", 10), limit.take("b", 10)]).toEqual([undefined, undefined, undefined]);
    expect(limit.take("a", 20)).toBe(60);
    expect(limit.take("a", 59_001)).toBe(1);
    expect(limit.take("a", 60_000)).toBeUndefined();
  });

  it("of nought limits nobody", () => {
    const limit = new RateLimit(0);
    for (let index = 0; index < 1_000; index += 1) expect(limit.take("a", 0)).toBeUndefined();
  });

  it("remembers a bounded number of callers", () => {
    const limit = new RateLimit(1);
    limit.take("first", 0);
    for (let index = 0; index < 10_000; index += 1) limit.take(`caller ${index}`, 1);
    expect(limit.take("first", 2)).toBeUndefined();
    expect(limit.take("caller 9999", 2)).toBe(60);
  });
});
