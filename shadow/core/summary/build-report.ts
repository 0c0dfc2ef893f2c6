import { rateUpperBound } from "../statistics.ts";
import type { Stage } from "../types.ts";
import { buildLedger, judgedOf, type LedgerTotals } from "./build-ledger.ts";
import { buildEmissionLedgers, type EmissionTotals } from "../emissions/emission-ledger.ts";
import type { DriftReport, EndpointReport, GateReport, Latency, Report, SelfTestReport, SendsReport } from "./report.ts";

/** What is known of one endpoint: configuration, stage, and the store's sums over the reported time. */
export type EndpointFacts = {
  readonly id: string;
  readonly family: string;
  readonly stage: Stage;
  readonly match: string;
  readonly totals: readonly LedgerTotals[];
  readonly assertedFields: number;
  readonly comparedFields: number;
  readonly latency: { readonly legacy: Latency; readonly nest: Latency };
  readonly coverage: readonly { readonly dimension: string; readonly value: string; readonly count: number }[];
};

export type ReportFacts = {
  readonly generatedAt: string;
  readonly since: string;
  readonly confidence: number;
  readonly endpoints: readonly EndpointFacts[];
  readonly emissions: readonly EmissionTotals[];
  readonly drifts: readonly DriftReport[];
  readonly sends: SendsReport;
  /** The verdict per family. */
  readonly gates: ReadonlyMap<string, GateReport>;
};

/** Builds the report object. Pure: the ops API and the reports call it with the same facts. */
export function buildReport(
  { generatedAt, since, confidence, endpoints, emissions, drifts, sends, gates }: ReportFacts,
  selfTest: SelfTestReport | null = null,
): Report {
  return {
    schema: "parallax.report/v1",
    generatedAt,
    since,
    endpoints: endpoints.map((facts) => buildEndpoint(facts, confidence, gates.get(facts.family))),
    emissions: buildEmissionLedgers(emissions),
    sends,
    drifts,
    selfTest,
  };
}

/** Of a family that the store does not know. */
const UNKNOWN: GateReport = { to: null, verdict: "inconclusive", criteria: [] };

function buildEndpoint(facts: EndpointFacts, confidence: number, gate: GateReport = UNKNOWN): EndpointReport {
  const ledger = buildLedger(facts.totals);
  const { drifts: events, judged } = judgedOf(ledger);
  const ofDimension = (dimension: string) => facts.coverage.filter((row) => row.dimension === dimension);
  const counts = (dimension: string) => Object.fromEntries(ofDimension(dimension).map(({ value, count }) => [value, count]));
  return {
    id: facts.id,
    family: facts.family,
    stage: facts.stage,
    match: facts.match,
    ledger,
    driftRate: { value: judged === 0 ? 0 : events / judged, upper: rateUpperBound({ events, trials: judged, confidence }), confidence },
    assertedFieldsPercent: facts.comparedFields === 0 ? 100 : (100 * facts.assertedFields) / facts.comparedFields,
    latency: facts.latency,
    coverage: { statuses: counts("status"), shapes: ofDimension("shape").length, queryKeys: counts("query") },
    lists: Object.fromEntries(ofDimension("list").map(({ value }) => splitList(value))),
    gate,
  };
}

/** `path=key id` as the comparator noted it. */
function splitList(value: string): [path: string, matching: string] {
  const at = value.lastIndexOf("=");
  return [value.slice(0, at), value.slice(at + 1)];
}
