import type { EndpointFacts, ReportFacts } from "../core/summary/build-report.ts";
import type { LedgerTotals } from "../core/summary/build-ledger.ts";
import type { EndpointIdentity } from "../core/summary/reported-endpoints.ts";
import type { DriftReport } from "../core/summary/report.ts";
import type { Outcome } from "../core/types.ts";
import { percentilesOf } from "./histogram.ts";
import { readEmissions } from "./emissions.ts";
import { readDrifts } from "./read-drifts.ts";
import { readSends } from "./read-sends.ts";
import { RUN_GONE_AFTER_S } from "./runs.ts";
import type { StoreClient } from "./store.ts";
import { OUTCOME_NAMES } from "./write-ledger.ts";

export type FactsOptions = { readonly since: Date; readonly now: Date; readonly confidence: number; readonly endpoints: readonly EndpointIdentity[] };

/** Sums of one endpoint and run. */
export type TotalsRow = { endpoint: string; isRunLive: boolean; eligible: number; assertedFields: number; comparedFields: number } & Record<
  Outcome,
  number
>;
type LatencyRow = { endpoint: string; legacyLatency: string | null; nestLatency: string | null };
type CoverageRow = { endpoint: string; dimension: string; value: string; count: number };

/** Reads everything a report is built from. */
export async function readFacts(store: StoreClient, { since, now, confidence, endpoints }: FactsOptions): Promise<Omit<ReportFacts, "gates">> {
  const [totals, emissions, latencies, coverage, drifts, sends] = await Promise.all([
    readTotals(store, since),
    readEmissions(store, since),
    store.$queryRaw<LatencyRow[]>`select endpoint, "legacyLatency", "nestLatency" from parallax.ledger
      where minute >= date_trunc('minute', ${since}::timestamptz) and ("legacyLatency" is not null or "nestLatency" is not null)`,
    store.$queryRaw<CoverageRow[]>`select endpoint, dimension, value, sum(count)::int as count from parallax.coverage
      where minute >= date_trunc('minute', ${since}::timestamptz) group by 1, 2, 3 order by 1, 2, 3`,
    allDrifts(store, since),
    readSends(store, since),
  ]);
  return {
    generatedAt: now.toISOString(),
    since: since.toISOString(),
    confidence,
    emissions,
    drifts,
    sends,
    endpoints: endpoints.map((identity) => toFacts(identity, { totals, latencies, coverage })),
  };
}

export function readTotals(store: StoreClient, since: Date): Promise<TotalsRow[]> {
  return store.$queryRawUnsafe<TotalsRow[]>(TOTALS_SQL, since, RUN_GONE_AFTER_S);
}

function toFacts(
  identity: EndpointIdentity,
  rows: { readonly totals: readonly TotalsRow[]; readonly latencies: readonly LatencyRow[]; readonly coverage: readonly CoverageRow[] },
): EndpointFacts {
  const totals = rows.totals.filter((row) => row.endpoint === identity.id);
  const latencies = rows.latencies.filter((row) => row.endpoint === identity.id);
  return {
    ...identity,
    totals: totals.map(toTotals),
    assertedFields: totals.reduce((sum, row) => sum + row.assertedFields, 0),
    comparedFields: totals.reduce((sum, row) => sum + row.comparedFields, 0),
    latency: { legacy: percentilesOf(latencies.map((row) => row.legacyLatency)), nest: percentilesOf(latencies.map((row) => row.nestLatency)) },
    coverage: rows.coverage.filter((row) => row.endpoint === identity.id),
  };
}

export function toTotals(row: TotalsRow): LedgerTotals {
  return { eligible: row.eligible, isRunLive: row.isRunLive, outcomes: Object.fromEntries(OUTCOME_NAMES.map((outcome) => [outcome, row[outcome]])) };
}

const PAGE = 500;

async function allDrifts(store: StoreClient, since: Date): Promise<DriftReport[]> {
  const drifts: DriftReport[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const page = await readDrifts(store, { since, limit: PAGE, ...(cursor === "" ? {} : { cursor }) });
    drifts.push(...page.drifts);
    cursor = page.nextCursor;
  }
  return drifts;
}

const SUMS = ["eligible", ...OUTCOME_NAMES, "assertedFields", "comparedFields"].map((name) => `sum(l."${name}")::float8 as "${name}"`).join(", ");

const TOTALS_SQL = `select l.endpoint, l.run, (r."endedAt" is null and r."heartbeatAt" > now() - make_interval(secs => $2)) is true as "isRunLive", ${SUMS}
  from parallax.ledger l left join parallax.runs r on r.id = l.run
  where l.minute >= date_trunc('minute', $1::timestamptz) group by l.endpoint, l.run, r."endedAt", r."heartbeatAt"`;
