import type { CoverageFact, FamilyFacts } from "../core/gate/family-facts.ts";
import type { NeededFacts } from "../core/gate/needed-facts.ts";
import type { System } from "../core/types.ts";
import { evidenceNameOf } from "./emissions.ts";
import { readFamilies } from "./families.ts";
import { quantileOf } from "./histogram.ts";
import { readDrifts } from "./read-drifts.ts";
import { readTotals, toTotals } from "./read-facts.ts";
import type { StoreClient } from "./store.ts";

const HOUR_MS = 3_600_000;
/** The rate at which evidence arrives is that of the last ten minutes. */
const RECENT_MS = 600_000;
const DRIFTS_READ = 100;
const QUANTILE = 0.95;

/** Reads what the gate judges families by. Families that the store does not know are left out. */
export async function readFamilyFacts(store: StoreClient, { families, now, standardErrors }: NeededFacts): Promise<FamilyFacts[]> {
  const states = await readFamilies(store);
  return Promise.all(
    states.flatMap((state) => {
      const family = families.find((each) => each.family === state.family);
      return family === undefined ? [] : [readOne(store, state, { ...family, now, standardErrors })];
    }),
  );
}

type One = Pick<NeededFacts["families"][number], "endpoints" | "sends" | "events"> & { readonly now: Date; readonly standardErrors: number };

async function readOne(
  store: StoreClient,
  state: FamilyFacts["state"],
  { endpoints, sends, events, now, standardErrors }: One,
): Promise<FamilyFacts> {
  const { since } = state;
  const recentSince = new Date(Math.max(since.getTime(), now.getTime() - RECENT_MS));
  const [distinct, sent, emissions, totals, latencies, coverage, drifts] = await Promise.all([
    store.$queryRawUnsafe<FamilyFacts["distinct"][]>(DISTINCT_SQL, endpoints, since, recentSince),
    store.$queryRawUnsafe<FamilyFacts["distinct"][]>(DISTINCT_SQL, sends, since, recentSince),
    store.$queryRawUnsafe<FamilyFacts["distinct"][]>(DISTINCT_SQL, events.map(evidenceNameOf), since, recentSince),
    readTotals(store, since),
    store.$queryRawUnsafe<LatencyRow[]>(LATENCY_SQL, endpoints, new Date(now.getTime() - HOUR_MS)),
    store.$queryRawUnsafe<CoverageFact[]>(COVERAGE_SQL, endpoints, since),
    Promise.all([...endpoints, ...events].map((endpoint) => readDrifts(store, { endpoint, limit: DRIFTS_READ }))),
  ]);
  const ofFamily = totals.filter((row) => endpoints.includes(row.endpoint));
  const p95Of = (system: System) =>
    quantileOf(
      latencies.map((row) => row[`${system}Latency`]),
      { quantile: QUANTILE, standardErrors },
    );
  return {
    state,
    distinct: distinct[0] ?? { trials: 0, events: 0, recent: 0 },
    recentSinceMs: recentSince.getTime(),
    emissions: emissions[0] ?? { trials: 0, events: 0 },
    ...(sent[0] === undefined ? {} : { sends: sent[0] }),
    totals: ofFamily.map(toTotals),
    assertedFields: ofFamily.reduce((sum, row) => sum + row.assertedFields, 0),
    comparedFields: ofFamily.reduce((sum, row) => sum + row.comparedFields, 0),
    p95: { legacy: p95Of("legacy"), nest: p95Of("nest") },
    coverage,
    openDrifts: drifts.flatMap((page) => page.drifts).filter((drift) => drift.state === "open" || drift.state === "regressed"),
  };
}

type LatencyRow = { readonly legacyLatency: string | null; readonly nestLatency: string | null };

/** A pair counts against the rate while one of its drifts is open; one that was seen only before its drifts were fixed says nothing any more. */
const DISTINCT_SQL = `select count(*) filter (where s.stale is not true)::float8 as trials,
    count(*) filter (where s.open is true)::float8 as events, count(*) filter (where e."firstSeen" >= $3::timestamptz)::float8 as recent
  from parallax.evidence e left join lateral (
    select bool_or(d.state in ('open', 'regressed') or (d.state = 'accepted' and d."acceptedUntil" < now())) as open,
      bool_or(d.state = 'fixed' and d."stateAt" >= e."lastSeen") as stale
    from parallax.drifts d where d.fingerprint = any(e.fingerprints)) s on true
  where e.endpoint = any($1::text[]) and e."lastSeen" >= $2::timestamptz`;

const LATENCY_SQL = `select "legacyLatency", "nestLatency" from parallax.ledger where endpoint = any($1::text[]) and minute >= $2::timestamptz`;

const COVERAGE_SQL = `select endpoint, dimension, value, sum(count)::float8 as count, max(minute) as last from parallax.coverage
  where endpoint = any($1::text[]) and minute >= date_trunc('minute', $2::timestamptz) group by 1, 2, 3 order by 4 desc`;
