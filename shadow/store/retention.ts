import type { StoreClient } from "./store.ts";

/** What is kept: so many days, and never more rows than these. */
export type RetentionLimits = { readonly days: number; readonly maxRows: number; readonly maxDrifts: number };

/** Rows deleted per table. */
export type Deleted = Readonly<Record<string, number>>;

/** Deleted at once, at most: a transaction that takes long would hold up those who count. */
const BATCH = 50_000;
/** Any number that nobody else locks with. */
const LOCK = 7_241_901_883;

/**
 * Deletes what is too old or too much, oldest first. One process at a time: undefined when another is at it. A drift goes
 * when it was not seen for that long, and what a person said of it no sooner than as long after it was said.
 */
export async function applyRetention(store: StoreClient, { days, maxRows, maxDrifts }: RetentionLimits): Promise<Deleted | undefined> {
  return store.$transaction(async (transaction) => {
    const [lock] = await transaction.$queryRaw<{ taken: boolean }[]>`select pg_try_advisory_xact_lock(${LOCK}::bigint) as taken`;
    if (lock?.taken !== true) return undefined;
    const deleted: Record<string, number> = {};
    for (const table of ["ledger", "emission_ledger", "coverage", "drift_sightings"]) {
      deleted[table] = await transaction.$executeRawUnsafe(deleteByMinute(table), days, maxRows);
    }
    deleted["exemplars"] = await transaction.$executeRawUnsafe(deleteOlder("exemplars", "seenAt"), days);
    deleted["evidence"] = await transaction.$executeRawUnsafe(deleteOlder("evidence", "lastSeen"), days);
    deleted["fields"] = await transaction.$executeRawUnsafe(deleteOlder("fields", "lastSeen"), days);
    deleted["runs"] = await transaction.$executeRawUnsafe(deleteOlder("runs", "heartbeatAt"), days);
    deleted["sends"] = await transaction.$executeRawUnsafe(DELETE_SENDS, days);
    deleted["drifts"] = await transaction.$executeRawUnsafe(DELETE_DRIFTS, days, maxDrifts);
    return deleted;
  });
}

const cutoff = "now() - make_interval(days => $1::int)";

/** Older than the days, or than the newest so many rows. */
const deleteByMinute = (table: string): string => `delete from parallax.${table} where ctid in (select ctid from parallax.${table}
  where minute < greatest(${cutoff}, (select minute from parallax.${table} order by minute desc offset $2::int limit 1))
  order by minute limit ${BATCH})`;

const deleteOlder = (table: string, column: string): string => `delete from parallax.${table} where ctid in (
  select ctid from parallax.${table} where "${column}" < ${cutoff} limit ${BATCH})`;

/** A key that is free, and what nobody has resolved in all that time. */
const DELETE_SENDS = `delete from parallax.sends where ctid in (select ctid from parallax.sends
  where (state in ('completed', 'released') and "freeAt" < now() - interval '10 minutes') or "startedAt" < ${cutoff} limit ${BATCH})`;

const DELETE_DRIFTS = `delete from parallax.drifts where fingerprint in (
  select d.fingerprint from parallax.drifts d
  where d."lastSeen" < ${cutoff} and (d."stateAt" is null or d."stateAt" < ${cutoff})
    and not exists (select 1 from parallax.drift_sightings s where s.fingerprint = d.fingerprint)
  union
  (select fingerprint from parallax.drifts order by "lastSeen" desc, fingerprint offset $2::int)
  limit ${BATCH})`;
