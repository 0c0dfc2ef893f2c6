import { describe, expect, it } from "vitest";
import type { GateEvidence, GateLimits } from "./evidence.ts";
import { judgeFamily } from "./judge-family.ts";

const LIMITS: GateLimits = {
  maxDriftRate: 0.001,
  confidence: 0.95,
  maxErrorDelta: 0.001,
  maxP95Ratio: 1.25,
  maxEmissionDriftRate: 0.001,
  maxLoss: 0.05,
  freshnessMinutes: 60,
  minAssertedPercent: 80,
};
const interval = (value: number) => ({ value, low: value * 0.97, high: value * 1.03, count: 10_000 });
const GOOD: GateEvidence = {
  family: "contacts",
  stage: "shadow",
  nowMs: 1_000_000,
  distinct: { trials: 20_000, events: 0, perMinute: 100 },
  openDrifts: [],
  calls: { nest: { calls: 20_000, failed: 0 }, legacy: { calls: 20_000, failed: 0 } },
  p95: { legacy: interval(50), nest: interval(40) },
  emissions: undefined,
  sends: undefined,
  assertedPercent: 100,
  loss: { offered: 20_000, lost: 10 },
  lastComparedMs: 990_000,
  missing: [],
  covered: 12,
};
const NOTHING: GateEvidence = {
  ...GOOD,
  distinct: { trials: 0, events: 0, perMinute: 0 },
  calls: { nest: { calls: 0, failed: 0 }, legacy: { calls: 0, failed: 0 } },
  p95: { legacy: undefined, nest: undefined },
  loss: { offered: 0, lost: 0 },
  lastComparedMs: undefined,
  covered: 0,
};

const judged = (change: Partial<GateEvidence>, name: string) => {
  const report = judgeFamily({ ...GOOD, ...change }, LIMITS);
  return { verdict: report.verdict, criterion: report.criteria.find((each) => each.name === name) };
};

describe("the gate", () => {
  it("passes on plenty of clean evidence, and says so in a sentence", () => {
    const { verdict, criterion } = judged({}, "drift-rate");
    expect(verdict).toBe("pass");
    expect(criterion?.detail).toMatch(/^0 drifts in 20,000 distinct comparisons: at most 0\.0\d+ % with 95 % confidence$/);
  });

  it("is inconclusive without data, and passes no criterion for the lack of it", () => {
    const { verdict, criteria } = judgeFamily(NOTHING, LIMITS);
    expect(verdict).toBe("inconclusive");
    const passed = criteria.filter((each) => each.verdict === "pass").map(({ name }) => name);
    expect(passed).toEqual(["open-drifts"]); // there are none, which is a fact
  });

  it("says how much more it needs and how long that takes", () => {
    const { verdict, criterion } = judged({ distinct: { trials: 100, events: 0, perMinute: 10 } }, "drift-rate");
    expect(verdict).toBe("inconclusive");
    expect(criterion?.detail).toMatch(/; [\d,]+ more distinct comparisons without a drift needed, about \d+ (?:minutes|hours) at today's rate$/);
  });

  it("fails on one open drift, and names it", () => {
    const { verdict, criterion } = judged(
      { openDrifts: [{ endpoint: "contacts.list", path: "$.contacts[*].userId", kind: "missing-field", count: 3 }] },
      "open-drifts",
    );
    expect(verdict).toBe("fail");
    expect(criterion?.detail).toBe("1 open drift that nobody accepted: contacts.list missing-field $.contacts[*].userId");
  });

  it.each<[string, Partial<GateEvidence>, string, string]>([
    ["a drift rate surely above the limit", { distinct: { trials: 10_000, events: 500, perMinute: 1 } }, "drift-rate", "fail"],
    ["a candidate that fails", { calls: { ...GOOD.calls, nest: { calls: 20_000, failed: 400 } } }, "error-delta", "fail"],
    ["few calls", { calls: { ...GOOD.calls, nest: { calls: 50, failed: 0 } } }, "error-delta", "inconclusive"],
    ["a slow candidate", { p95: { legacy: interval(50), nest: interval(100) } }, "p95-ratio", "fail"],
    ["a p95 on the edge", { p95: { legacy: interval(50), nest: interval(62) } }, "p95-ratio", "inconclusive"],
    ["emissions that drift", { emissions: { trials: 1_000, events: 100 } }, "emission-parity", "fail"],
    ["few emissions", { emissions: { trials: 10, events: 0 } }, "emission-parity", "inconclusive"],
    ["sends that differ", { sends: { trials: 1_000, events: 100 } }, "send-parity", "fail"],
    ["rules that hide half of the fields", { assertedPercent: 50 }, "asserted-fields", "fail"],
    ["loss over the limit", { loss: { offered: 1_000, lost: 100 } }, "loss", "fail"],
    ["evidence of yesterday", { lastComparedMs: GOOD.nowMs - 86_400_000 }, "freshness", "inconclusive"],
    [
      "a status that was never compared",
      { missing: [{ endpoint: "contacts.list", dimension: "status", value: "404", count: 7 }] },
      "coverage",
      "inconclusive",
    ],
  ])("does not pass %s", (_name, change, name, expected) => {
    const { verdict, criterion } = judged(change, name);
    expect([criterion?.verdict, verdict]).toEqual([expected, expected]);
  });

  it("shows emissions and sends of a family that has none as no data, without waiting for them", () => {
    const { verdict, criterion } = judged({}, "emission-parity");
    expect(verdict).toBe("pass");
    expect(criterion).toMatchObject({ verdict: "inconclusive", isRequired: false, detail: "no data: no emission of this family was compared" });
  });

  it("asks for nothing on the way to shadow or back", () => {
    expect(judgeFamily({ ...NOTHING, stage: "legacy" }, LIMITS)).toEqual({ to: "shadow", verdict: "pass", criteria: [] });
    expect(judgeFamily({ ...NOTHING, stage: "nest" }, LIMITS, "canary").verdict).toBe("pass");
  });
});
