import { buildLedger } from "../summary/build-ledger.ts";
import type { System } from "../types.ts";
import type { Failures, GateEvidence } from "./evidence.ts";
import type { CoverageFact, FamilyFacts } from "./family-facts.ts";

const MINUTE_MS = 60_000;
const SEEN = "seen:";

/** The evidence in what the store holds. What was never compared stays unknown. */
export function collectEvidence(facts: FamilyFacts, nowMs: number): GateEvidence {
  const { state, distinct, coverage, totals, assertedFields, comparedFields } = facts;
  const ledger = buildLedger(totals);
  const minutes = Math.max(1, (nowMs - facts.recentSinceMs) / MINUTE_MS);
  return {
    family: state.family,
    stage: state.stage,
    nowMs,
    distinct: { trials: distinct.trials, events: distinct.events, perMinute: distinct.recent / minutes },
    openDrifts: facts.openDrifts,
    calls: { legacy: callsTo("legacy", coverage), nest: callsTo("nest", coverage) },
    p95: facts.p95,
    emissions: facts.emissions === undefined || facts.emissions.trials === 0 ? undefined : facts.emissions,
    sends: facts.sends === undefined || facts.sends.trials === 0 ? undefined : facts.sends,
    assertedPercent: comparedFields === 0 ? 100 : (100 * assertedFields) / comparedFields,
    // What was sampled out was never meant to be compared, and what the primary did not answer could not be.
    loss: { offered: ledger.eligible - ledger.sampledOut - ledger.primaryError, lost: ledger.shed + ledger.overCap + ledger.notComparable },
    lastComparedMs: lastCompared(coverage, nowMs),
    ...coverageOf(coverage),
  };
}

function callsTo(system: System, coverage: readonly CoverageFact[]): Failures {
  const sum = (value: string): number =>
    coverage.filter((row) => row.dimension === `call:${system}` && row.value === value).reduce((total, row) => total + row.count, 0);
  const failed = sum("failed");
  return { calls: sum("answered") + failed, failed };
}

function lastCompared(coverage: readonly CoverageFact[], nowMs: number): number | undefined {
  const minutes = coverage.filter(({ dimension }) => dimension === "status").map(({ last }) => last.getTime() + MINUTE_MS);
  return minutes.length === 0 ? undefined : Math.min(nowMs, Math.max(...minutes));
}

/** The proxy notes what production showed as `seen:…`, the comparator what it judged under the plain name. */
function coverageOf(coverage: readonly CoverageFact[]): Pick<GateEvidence, "missing" | "covered"> {
  const nameOf = (endpoint: string, dimension: string, value: string): string => `${endpoint}\n${dimension}\n${value}`;
  const compared = new Set(coverage.map(({ endpoint, dimension, value }) => nameOf(endpoint, dimension, value)));
  const seen = coverage
    .filter(({ dimension }) => dimension.startsWith(SEEN))
    .map(({ endpoint, dimension, value, count }) => ({ endpoint, dimension: dimension.slice(SEEN.length), value, count }));
  const missing = seen.filter(({ endpoint, dimension, value }) => !compared.has(nameOf(endpoint, dimension, value)));
  return { missing, covered: seen.length - missing.length };
}
