import { describe, expect, it } from "vitest";
import type { Stage } from "../types.ts";
import type { FamilyFacts } from "./family-facts.ts";
import { judgeFamilies } from "./judge-families.ts";
import type { GateConfig } from "./needed-facts.ts";

const NOW = new Date("2027-01-02T00:00:00.000Z");
const CONFIG: GateConfig = {
  endpoints: [],
  families: { conversation: { with: ["sends"] }, sends: { with: [] }, contacts: { with: [] } },
  gate: {
    maxDriftRate: 0.1,
    confidence: 0.95,
    maxErrorDelta: 0.1,
    maxP95Ratio: 2,
    maxEmissionDriftRate: 0.1,
    maxLoss: 0.1,
    freshnessMinutes: 60,
    minAssertedPercent: 80,
  },
};

const interval = { value: 10, low: 9, high: 11, count: 1_000 };
const facts = (family: string, stage: Stage, change: Partial<FamilyFacts> = {}): FamilyFacts => ({
  state: { family, stage, percent: 0, version: 1, since: new Date("2027-01-01T00:00:00.000Z"), by: "test", reason: "test" },
  distinct: { trials: 500, events: 0, recent: 50 },
  recentSinceMs: NOW.getTime() - 600_000,
  totals: [{ eligible: 500, outcomes: { matched: 500 }, isRunLive: true }],
  assertedFields: 10,
  comparedFields: 10,
  p95: { legacy: interval, nest: interval },
  coverage: [
    { endpoint: "e", dimension: "status", value: "200", count: 500, last: NOW },
    { endpoint: "e", dimension: "seen:status", value: "200", count: 500, last: NOW },
    { endpoint: "e", dimension: "call:nest", value: "answered", count: 500, last: NOW },
    { endpoint: "e", dimension: "call:legacy", value: "answered", count: 500, last: NOW },
  ],
  openDrifts: [],
  ...change,
});

const OPEN = [{ endpoint: "e", path: "$.a", kind: "missing-field", count: 1 } as const];

describe("the verdicts on families", () => {
  it("that flip together are one: a drift of one fails the other, and says whose it is", () => {
    const gates = judgeFamilies([facts("conversation", "shadow", { openDrifts: OPEN }), facts("sends", "shadow"), facts("contacts", "shadow")], {
      config: CONFIG,
      now: NOW,
    });
    expect([...gates].map(([family, { verdict }]) => [family, verdict])).toEqual([
      ["conversation", "fail"],
      ["sends", "fail"],
      ["contacts", "pass"],
    ]);
    expect(gates.get("sends")?.criteria.find(({ name }) => name === "conversation: open-drifts")).toMatchObject({ verdict: "fail" });
  });

  it("ask a partner about the same stage, not about its own next one", () => {
    const gates = judgeFamilies([facts("conversation", "shadow", { openDrifts: OPEN }), facts("sends", "legacy")], { config: CONFIG, now: NOW });
    expect(gates.get("sends")).toMatchObject({ to: "shadow", verdict: "pass" });
  });

  it("miss what production showed and nobody compared", () => {
    const seen = { endpoint: "e", dimension: "seen:status", value: "404", count: 3, last: NOW };
    const gates = judgeFamilies([facts("contacts", "shadow", { coverage: [...facts("contacts", "shadow").coverage, seen] })], {
      config: CONFIG,
      now: NOW,
    });
    expect(gates.get("contacts")?.verdict).toBe("inconclusive");
    expect(gates.get("contacts")?.criteria.find(({ name }) => name === "coverage")?.detail).toBe("never compared: e status 404 (3×)");
  });
});
