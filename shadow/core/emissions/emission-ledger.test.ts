import { expect, it } from "vitest";
import { buildEmissionLedgers, type EmissionTotals } from "./emission-ledger.ts";

const NONE = { matched: 0, drift: 0, missing: 0, extra: 0, duplicate: 0, raced: 0, notDerivable: 0, shed: 0 };
const totals = (more: Partial<EmissionTotals>): EmissionTotals => ({ event: "fact", captured: 0, outcomes: NONE, isRunLive: true, ...more });

it("what a live process has not decided is pending, what one that is gone left behind was shed, and the sum holds", () => {
  const [report] = buildEmissionLedgers([
    totals({ captured: 10, outcomes: { ...NONE, matched: 6, drift: 1 } }),
    totals({ captured: 4, outcomes: { ...NONE, missing: 1 }, isRunLive: false }),
  ]);
  expect(report?.ledger).toEqual({ ...NONE, captured: 14, matched: 6, drift: 1, missing: 1, pending: 3, shed: 3 });
});
