import type { RecordedDrift } from "../core/rule-preview.ts";
import type { DriftReport, DriftState } from "../core/summary/report.ts";
import type { DriftKind, Json } from "../core/types.ts";
import type { StoreClient } from "./store.ts";

/** Drifts of one endpoint that a rule is tried on; more would be another trouble than a rule can cure. */
const MAX_RECORDED = 5_000;

export type DriftFilter = {
  readonly state?: DriftState;
  readonly endpoint?: string;
  readonly kind?: DriftKind;
  readonly since?: Date;
  readonly limit: number;
  /** The fingerprint after which to go on. */
  readonly cursor?: string;
};

type Row = Omit<DriftReport, "firstSeen" | "lastSeen" | "subject"> & { subject: "http" | "emission"; firstSeen: Date; lastSeen: Date };

/** Drifts by filter, a page at a time, ordered by endpoint, path and kind. */
export async function readDrifts(
  store: StoreClient,
  filter: DriftFilter,
): Promise<{ readonly drifts: DriftReport[]; readonly nextCursor: string | null }> {
  const rows = await store.$queryRawUnsafe<Row[]>(
    DRIFTS_SQL,
    filter.state ?? null,
    filter.endpoint ?? null,
    filter.kind ?? null,
    filter.since ?? null,
    filter.cursor ?? null,
    filter.limit + 1,
  );
  const page = rows.slice(0, filter.limit);
  return { drifts: page.map(toReport), nextCursor: rows.length > filter.limit ? (page.at(-1)?.fingerprint ?? null) : null };
}

export type ExemplarRecord = { readonly id: string; readonly seenAt: string; readonly data: unknown };

/** One drift with its exemplars, newest first; undefined when there is none. */
export async function readDrift(
  store: StoreClient,
  fingerprint: string,
): Promise<{ readonly drift: DriftReport; readonly exemplars: ExemplarRecord[] } | undefined> {
  const rows = await store.$queryRawUnsafe<Row[]>(ONE_DRIFT_SQL, fingerprint);
  const row = rows[0];
  if (row === undefined) return undefined;
  const exemplars = await store.exemplar.findMany({ where: { fingerprint }, orderBy: [{ seenAt: "desc" }, { id: "asc" }] });
  return { drift: toReport(row), exemplars: exemplars.map(({ id, seenAt, data }) => ({ id, seenAt: seenAt.toISOString(), data })) };
}

/** Every drift of an endpoint with the values of its exemplars. */
export async function readRecordedDrifts(store: StoreClient, endpoint: string): Promise<RecordedDrift[]> {
  const [{ drifts }, exemplars] = await Promise.all([
    readDrifts(store, { endpoint, limit: MAX_RECORDED }),
    store.exemplar.findMany({ where: { drift: { endpoint } }, select: { fingerprint: true, data: true } }),
  ]);
  return drifts.map((drift) => ({
    drift,
    samples: exemplars
      .filter(({ fingerprint }) => fingerprint === drift.fingerprint)
      .map(({ data }) => {
        const { legacy, nest } = data as { readonly legacy: { readonly value: Json }; readonly nest: { readonly value: Json } };
        return { legacy: legacy.value, nest: nest.value };
      }),
  }));
}

function toReport({ firstSeen, lastSeen, ...row }: Row): DriftReport {
  return { ...row, firstSeen: firstSeen.toISOString(), lastSeen: lastSeen.toISOString() };
}

const COLUMNS = `d.fingerprint, d.subject, d.endpoint, d.path, d.kind, d."legacyShape", d."nestShape", s.count, d."firstSeen", d."lastSeen",
  case when d.state = 'accepted' and d."acceptedUntil" < now() then 'open' else d.state::text end as state, s.intermittent`;

const SIGHTINGS = `lateral (select coalesce(sum(count), 0)::float8 as count, coalesce(sum(count) = sum(intermittent), false) as intermittent
  from parallax.drift_sightings where fingerprint = d.fingerprint) s`;

const DRIFTS_SQL = `select * from (select ${COLUMNS} from parallax.drifts d, ${SIGHTINGS}) d
  where ($1::text is null or d.state = $1) and ($2::text is null or d.endpoint = $2) and ($3::text is null or d.kind = $3)
    and ($4::timestamptz is null or d."lastSeen" >= $4)
    and ($5::text is null or (d.endpoint, d.path, d.kind, d.fingerprint) > (select endpoint, path, kind, fingerprint from parallax.drifts where fingerprint = $5))
  order by d.endpoint, d.path, d.kind, d.fingerprint limit $6`;

const ONE_DRIFT_SQL = `select ${COLUMNS} from parallax.drifts d, ${SIGHTINGS} where d.fingerprint = $1`;
