import type { EmissionEnd, EmissionTotals } from "../core/emissions/emission-ledger.ts";
import type { EmissionCounts } from "./emission-buffer.ts";
import { RUN_GONE_AFTER_S } from "./runs.ts";
import type { StoreClient } from "./store.ts";
import type { WriterIdentity } from "./write-ledger.ts";

/** Every outcome has a column; the compiler notices a missing one. */
const OUTCOME_COLUMNS: Readonly<Record<EmissionEnd, true>> = {
  matched: true,
  drift: true,
  missing: true,
  extra: true,
  duplicate: true,
  raced: true,
  notDerivable: true,
  shed: true,
};
const OUTCOME_NAMES = Object.keys(OUTCOME_COLUMNS) as readonly EmissionEnd[];
const COUNTERS = ["captured", ...OUTCOME_NAMES] as const;

/** Rows hold absolute figures: writing them twice changes nothing. */
export async function writeEmissions(store: StoreClient, { run, writer }: WriterIdentity, rows: readonly EmissionCounts[]): Promise<void> {
  if (rows.length === 0) return;
  const records = rows.map(({ event, minuteMs, counters }) => ({
    event,
    minute: new Date(minuteMs).toISOString(),
    ...Object.fromEntries(COUNTERS.map((name) => [name, counters[name] ?? 0])),
  }));
  await store.$executeRawUnsafe(WRITE_SQL, run, writer, JSON.stringify(records));
}

/** Under which name the evidence of an event is kept, beside that of endpoints. */
export function evidenceNameOf(event: string): string {
  return `emission:${event}`;
}

type Row = { readonly event: string; readonly isRunLive: boolean; readonly captured: number } & Readonly<Record<EmissionEnd, number>>;

/** Sums per event and process since a time. */
export async function readEmissions(store: StoreClient, since: Date): Promise<EmissionTotals[]> {
  const rows = await store.$queryRawUnsafe<Row[]>(READ_SQL, since, RUN_GONE_AFTER_S);
  return rows.map(({ event, isRunLive, captured, ...outcomes }) => ({ event, isRunLive, captured, outcomes }));
}

const columns = COUNTERS.map((name) => `"${name}"`).join(", ");

const WRITE_SQL = `insert into parallax.emission_ledger (run, writer, event, minute, ${columns})
  select $1, $2, r.event, r.minute, ${COUNTERS.map((name) => `r."${name}"`).join(", ")}
  from jsonb_to_recordset($3::jsonb) as r(event text, minute timestamptz, ${COUNTERS.map((name) => `"${name}" int`).join(", ")})
  on conflict (run, writer, event, minute) do update set ${COUNTERS.map((name) => `"${name}" = excluded."${name}"`).join(", ")}`;

const READ_SQL = `select l.event, (r."endedAt" is null and r."heartbeatAt" > now() - make_interval(secs => $2)) is true as "isRunLive",
    ${COUNTERS.map((name) => `sum(l."${name}")::float8 as "${name}"`).join(", ")}
  from parallax.emission_ledger l left join parallax.runs r on r.id = l.run
  where l.minute >= date_trunc('minute', $1::timestamptz) group by l.event, l.run, r."endedAt", r."heartbeatAt" order by l.event`;
