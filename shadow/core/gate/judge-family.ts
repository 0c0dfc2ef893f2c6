import { nextStage, rankOf } from "../cutover/stage-order.ts";
import type { GateCriterion, GateReport } from "../summary/report.ts";
import type { Stage } from "../types.ts";
import * as criteria from "./criteria.ts";
import type { GateEvidence, GateLimits } from "./evidence.ts";

/** In the order in which people read them. */
const CRITERIA: readonly criteria.Criterion[] = [
  criteria.openDrifts,
  criteria.driftRate,
  criteria.coverage,
  criteria.errorDelta,
  criteria.p95Ratio,
  criteria.emissionParity,
  criteria.sendParity,
  criteria.assertedFields,
  criteria.loss,
  criteria.freshness,
];

/** May this family go on to the stage? Pass, fail or inconclusive, with every criterion and its figures. Steps back and the step to shadow need no evidence. */
export function judgeFamily(evidence: GateEvidence, limits: GateLimits, to: Stage | null = nextStage(evidence.stage)): GateReport {
  if (to === null) return { to, verdict: "inconclusive", criteria: [] };
  const isFree = rankOf(to) <= rankOf("shadow") || rankOf(to) < rankOf(evidence.stage);
  if (isFree) return { to, verdict: "pass", criteria: [] };
  const judged = CRITERIA.map((criterion) => criterion(evidence, limits));
  return { to, verdict: verdictOf(judged), criteria: judged };
}

function verdictOf(judged: readonly GateCriterion[]): GateReport["verdict"] {
  const required = judged.filter(({ isRequired }) => isRequired);
  if (required.some(({ verdict }) => verdict === "fail")) return "fail";
  return required.every(({ verdict }) => verdict === "pass") ? "pass" : "inconclusive";
}
