import type { Stage } from "../types.ts";
import type { DriftReport, GateReport } from "./report.ts";

const NEXT_STAGE: Readonly<Record<Stage, Stage | null>> = { legacy: "shadow", shadow: "canary", canary: "nest", nest: "retired", retired: null };

/**
 * What can be said of a flip from open drifts alone: they fail it, their absence does not pass it. Going to shadow needs
 * no evidence.
 */
export function preliminaryGate(stage: Stage, drifts: readonly DriftReport[]): GateReport {
  const to = NEXT_STAGE[stage];
  if (to === null || stage === "legacy") return { to, verdict: to === null ? "inconclusive" : "pass", criteria: [] };
  const open = drifts.filter((drift) => drift.state === "open" || drift.state === "regressed").length;
  return {
    to,
    verdict: open > 0 ? "fail" : "inconclusive",
    criteria: [
      { name: "open-drifts", verdict: open > 0 ? "fail" : "pass", value: open, limit: 0, detail: `${open} open ${open === 1 ? "drift" : "drifts"}` },
      { name: "drift-rate", verdict: "inconclusive", value: null, limit: null, detail: "the bound of the drift rate is shown, not yet judged" },
    ],
  };
}
