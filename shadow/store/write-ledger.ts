import type { Outcome } from "../core/types.ts";
import type { CoverageCount, LedgerCounts } from "./ledger-buffer.ts";
import type { StoreClient } from "./store.ts";

/** Who counted: a process of the proxy (`run`) and one of its counters (`writer`: the proxy itself, a comparator). */
export type WriterIdentity = { readonly run: string; readonly writer: string };

/** Every outcome has a column; the compiler notices a missing one. */
const OUTCOME_COLUMNS: Readonly<Record<Outcome, true>> = {
  matched: true,
  equivalent: true,
  drift: true,
  noise: true,
  raced: true,
  notComparable: true,
  candidateError: true,
  candidateTimeout: true,
  primaryError: true,
  sampledOut: true,
  shed: true,
  overCap: true,
};

/** The columns that count outcomes. */
export const OUTCOME_NAMES = Object.keys(OUTCOME_COLUMNS) as readonly Outcome[];

const COUNTERS = ["eligible", ...OUTCOME_NAMES, "assertedFields", "comparedFields"];
const COLUMNS = [...COUNTERS, "legacyLatency", "nestLatency"] as const;

/** Rows hold absolute figures: writing them twice, or after an unknown commit, changes nothing. */
export async function writeLedger(store: StoreClient, { run, writer }: WriterIdentity, rows: readonly LedgerCounts[]): Promise<void> {
  if (rows.length === 0) return;
  const records = rows.map(({ endpoint, minuteMs, counters, legacyLatency, nestLatency }) => ({
    endpoint,
    minute: new Date(minuteMs).toISOString(),
    ...Object.fromEntries(COUNTERS.map((name) => [name, counters[name] ?? 0])),
    legacyLatency,
    nestLatency,
  }));
  await store.$executeRawUnsafe(LEDGER_SQL, run, writer, JSON.stringify(records));
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");

const LEDGER_SQL = `insert into parallax.ledger (run, writer, endpoint, minute, ${quoted(COLUMNS)})
  select $1, $2, r.endpoint, r.minute, ${COLUMNS.map((name) => `r."${name}"`).join(", ")}
  from jsonb_to_recordset($3::jsonb) as r(endpoint text, minute timestamptz, ${COUNTERS.map((name) => `"${name}" int`).join(", ")}, "legacyLatency" text, "nestLatency" text)
  on conflict (run, writer, endpoint, minute) do update set ${COLUMNS.map((name) => `"${name}" = excluded."${name}"`).join(", ")}`;

export async function writeCoverage(store: StoreClient, { run, writer }: WriterIdentity, rows: readonly CoverageCount[]): Promise<void> {
  if (rows.length === 0) return;
  const records = rows.map(({ minuteMs, ...row }) => ({ ...row, minute: new Date(minuteMs).toISOString() }));
  await store.$executeRaw`insert into parallax.coverage (run, writer, endpoint, dimension, value, minute, count)
    select ${run}, ${writer}, r.endpoint, r.dimension, r.value, r.minute, r.count
    from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as r(endpoint text, dimension text, value text, minute timestamptz, count int)
    on conflict (run, writer, endpoint, dimension, value, minute) do update set count = excluded.count`;
}
