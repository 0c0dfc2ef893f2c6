import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_CLAIMS, type Claims } from "../subject.ts";
import type { Stage } from "../types.ts";
import { rolesFor } from "../roles.ts";
import { bucketOf, isInCanary } from "./canary.ts";
import { groupOf } from "./coupling.ts";
import { planFlip, type FlipRequest } from "./plan-flip.ts";
import { rankOf, rollbackStage, STAGES } from "./stage-order.ts";

const at = (stage: Stage, percent = 0, family = "contacts") => ({ family, stage, percent, version: 3 });
const ask = (to: Stage, more: Partial<FlipRequest> = {}): FlipRequest => ({ to, percent: undefined, isOverride: false, ...more });

describe("a flip", () => {
  it.each<[Stage, Stage, "free" | "gated" | "refused"]>([
    ["legacy", "shadow", "free"],
    ["legacy", "canary", "refused"],
    ["legacy", "nest", "refused"],
    ["legacy", "retired", "refused"],
    ["shadow", "legacy", "free"],
    ["shadow", "canary", "gated"],
    ["shadow", "nest", "refused"],
    ["canary", "legacy", "free"],
    ["canary", "shadow", "free"],
    ["canary", "nest", "gated"],
    ["nest", "canary", "free"],
    ["nest", "legacy", "free"],
    ["nest", "retired", "gated"],
    ["retired", "nest", "free"],
    ["retired", "legacy", "free"],
  ])("from %s to %s is %s", (from, to, expected) => {
    const plan = planFlip([at(from, from === "canary" ? 10 : 0)], ask(to));
    expect(plan.kind === "flip" ? (plan.isGated ? "gated" : "free") : plan.kind).toBe(expected);
  });

  it("to a larger share of canary is gated, to a smaller one free, to the same one nothing", () => {
    expect(planFlip([at("canary", 5)], ask("canary", { percent: 10 }))).toMatchObject({ kind: "flip", isGated: true });
    expect(planFlip([at("canary", 5)], ask("canary", { percent: 1 }))).toMatchObject({ kind: "flip", isGated: false });
    expect(planFlip([at("canary", 5)], ask("canary", { percent: 5 }))).toEqual({ kind: "unchanged" });
    expect(planFlip([at("canary", 25)], ask("canary"))).toEqual({ kind: "unchanged" });
  });

  it("skips stages with an override only, and is gated then too", () => {
    expect(planFlip([at("legacy")], ask("nest", { isOverride: true }))).toMatchObject({ kind: "flip", isGated: true });
  });

  it.each([0, -1, 101, Number.NaN])("to a share of %d percent is refused", (percent) => {
    expect(planFlip([at("shadow")], ask("canary", { percent }))).toMatchObject({
      kind: "refused",
      reason: expect.stringMatching(/percent: expected/),
    });
  });

  it("of families that flip together moves all of them", () => {
    const plan = planFlip([at("shadow", 0, "conversation"), at("shadow", 0, "sends")], ask("canary"));
    expect(plan).toMatchObject({ kind: "flip", changes: [{ family: "conversation" }, { family: "sends" }] });
  });

  it("that would leave one of them a stage behind is refused and names it", () => {
    const plan = planFlip([at("shadow", 0, "conversation"), at("legacy", 0, "sends")], ask("canary"));
    expect(plan).toMatchObject({ kind: "refused" });
    expect(plan.kind === "refused" && plan.reason).toMatch(/sends, which flips together with conversation \(at shadow\), is at legacy/);
  });
});

it("a rollback leads to a stage at which legacy answers everybody", () => {
  expect(STAGES.map((stage) => rollbackStage(stage))).toEqual(["legacy", "legacy", "shadow", "shadow", "shadow"]);
  for (const stage of STAGES) expect(rankOf(rollbackStage(stage))).toBeLessThanOrEqual(rankOf("shadow"));
});

describe("coupled families", () => {
  const couplings = { conversation: { with: ["sends", "unknown"] }, sends: { with: [] }, contacts: { with: [] } };

  it("are one group from whichever side, without families nobody configured", () => {
    expect(groupOf("conversation", couplings)).toEqual(["conversation", "sends"]);
    expect(groupOf("sends", couplings)).toEqual(["conversation", "sends"]);
    expect(groupOf("contacts", couplings)).toEqual(["contacts"]);
  });
});

describe("a canary", () => {
  const someone: fc.Arbitrary<Claims> = fc.record({
    tenant: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
    user: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
    role: fc.constant(undefined),
  });
  const percent = fc.double({ min: 0.01, max: 100, noNaN: true });

  it("moves nobody back when its share grows", () => {
    fc.assert(
      fc.property(someone, percent, percent, fc.string(), (claims, one, other, salt) => {
        const [small, large] = [Math.min(one, other), Math.max(one, other)];
        expect(isInCanary(claims, { salt, percent: small }) && !isInCanary(claims, { salt, percent: large })).toBe(false);
      }),
    );
  });

  it("is decided by the tenant where there is one, whoever the user is", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), someone, percent, (tenant, { user }, share) => {
        const of = (who: string | undefined) => isInCanary({ tenant, user: who, role: undefined }, { salt: "s", percent: share });
        expect(of(user)).toBe(of("another"));
      }),
    );
  });

  it("of 100 % has everybody who can be told apart, and never a request without a subject", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (tenant) => {
        expect(isInCanary({ ...NO_CLAIMS, tenant }, { salt: "s", percent: 100 })).toBe(true);
      }),
    );
    expect(isInCanary(NO_CLAIMS, { salt: "s", percent: 100 })).toBe(false);
  });

  // Pearson's chi-squared over 20 bins of 20,000 tenants; 43.8 is the 99.9 % quantile with 19 degrees of freedom.
  it.each(["tenant-%", "c%", "00000000-0000-0000-0000-%"])("spreads ids like %s evenly", (form) => {
    const counts = Array.from({ length: 20 }, () => 0);
    for (let index = 0; index < 20_000; index += 1) {
      const bin = Math.floor(bucketOf(`contacts\ntenant ${form.replace("%", String(index).padStart(12, "0"))}`) / 500);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    expect(counts.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0)).toBeLessThan(43.8);
  });

  it("of one family says nothing of another", () => {
    const tenants = Array.from({ length: 4_000 }, (_, index) => ({ ...NO_CLAIMS, tenant: `t${index}` }));
    const inBoth = tenants.filter((claims) => ["contacts", "analytics"].every((salt) => isInCanary(claims, { salt, percent: 50 })));
    expect(inBoth.length).toBeGreaterThan(900);
    expect(inBoth.length).toBeLessThan(1_100);
  });
});

describe("the roles", () => {
  const claims = () => ({ ...NO_CLAIMS, tenant: "t1" });
  it.each<[Stage, number, string, string | undefined]>([
    ["legacy", 0, "legacy", undefined],
    ["shadow", 0, "legacy", "nest"],
    ["canary", 100, "nest", "legacy"],
    ["canary", 0, "legacy", "nest"],
    ["nest", 100, "nest", "legacy"],
    ["retired", 100, "nest", undefined],
  ])("at %s with %d percent: %s answers, %s is compared", (stage, percent, primary, candidate) => {
    expect(rolesFor(at(stage, percent), "contacts", claims)).toMatchObject({ primary, candidate, stage });
  });
});
