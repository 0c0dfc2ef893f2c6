import { randomUUID } from "node:crypto";
import type { DriftCounts, ExemplarDraft } from "./drift-buffer.ts";
import type { StoreClient } from "./store.ts";
import type { WriterIdentity } from "./write-ledger.ts";

const EXEMPLARS_KEPT = 5;

/** Writes drifts, their sightings and exemplars in one transaction. A fixed drift, or an accepted one past its day, that was seen again is regressed. */
export async function writeDrifts(
  store: StoreClient,
  { run, writer }: WriterIdentity,
  { drifts, exemplars }: { readonly drifts: readonly DriftCounts[]; readonly exemplars: readonly ExemplarDraft[] },
): Promise<void> {
  if (drifts.length === 0 && exemplars.length === 0) return;
  const rows = JSON.stringify(
    drifts.map(({ firstSeenMs, lastSeenMs, minuteMs, ...row }) => ({
      ...row,
      firstSeen: iso(firstSeenMs),
      lastSeen: iso(lastSeenMs),
      minute: iso(minuteMs),
    })),
  );
  const instances = JSON.stringify(
    exemplars.map(({ fingerprint, variety, seenAtMs, data }) => ({ id: randomUUID(), fingerprint, variety, seenAt: iso(seenAtMs), data })),
  );
  await store.$transaction([
    store.$executeRawUnsafe(UPSERT_DRIFTS, rows),
    store.$executeRawUnsafe(UPSERT_SIGHTINGS, run, writer, rows),
    store.$executeRawUnsafe(REPLACE_EXEMPLARS, instances),
    store.$executeRawUnsafe(INSERT_EXEMPLARS, instances),
    store.$executeRawUnsafe(PRUNE_EXEMPLARS, instances, EXEMPLARS_KEPT),
  ]);
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString();

const DRIFT_ROWS = `jsonb_to_recordset($1::jsonb) as r(fingerprint text, subject text, endpoint text, path text, kind text,
  "legacyShape" text, "nestShape" text, "firstSeen" timestamptz, "lastSeen" timestamptz)`;

const UPSERT_DRIFTS = `insert into parallax.drifts as d (fingerprint, subject, endpoint, path, kind, "legacyShape", "nestShape", "firstSeen", "lastSeen")
  select fingerprint, min(subject), min(endpoint), min(path), min(kind), max("legacyShape"), max("nestShape"), min("firstSeen"), max("lastSeen")
  from ${DRIFT_ROWS} group by fingerprint
  on conflict (fingerprint) do update set
    "legacyShape" = excluded."legacyShape", "nestShape" = excluded."nestShape",
    "firstSeen" = least(d."firstSeen", excluded."firstSeen"), "lastSeen" = greatest(d."lastSeen", excluded."lastSeen"),
    state = case
      when d.state = 'fixed' and excluded."lastSeen" > d."stateAt" then 'regressed'
      when d.state = 'accepted' and d."acceptedUntil" is not null and excluded."lastSeen" > d."acceptedUntil" then 'regressed'
      else d.state end`;

const UPSERT_SIGHTINGS = `insert into parallax.drift_sightings (fingerprint, run, writer, minute, count, intermittent)
  select r.fingerprint, $1, $2, r.minute, r.count, r.intermittent
  from jsonb_to_recordset($3::jsonb) as r(fingerprint text, minute timestamptz, count int, intermittent int)
  on conflict (fingerprint, run, writer, minute) do update set count = excluded.count, intermittent = excluded.intermittent`;

/** A fresh instance takes the place of the one seen in the same circumstances. */
const REPLACE_EXEMPLARS = `delete from parallax.exemplars e using jsonb_to_recordset($1::jsonb) as r(fingerprint text, variety text)
  where e.fingerprint = r.fingerprint and e.variety = r.variety`;

const INSERT_EXEMPLARS = `insert into parallax.exemplars (id, fingerprint, variety, "seenAt", data)
  select r.id, r.fingerprint, r.variety, r."seenAt", r.data
  from jsonb_to_recordset($1::jsonb) as r(id text, fingerprint text, variety text, "seenAt" timestamptz, data jsonb)
  where exists (select 1 from parallax.drifts d where d.fingerprint = r.fingerprint)`;

/** Of more varieties than are kept the oldest stays, with the newest others. */
const PRUNE_EXEMPLARS = `delete from parallax.exemplars where id in (
  select id from (
    select e.id, row_number() over (partition by e.fingerprint order by e."seenAt") as age,
      row_number() over (partition by e.fingerprint order by e."seenAt" desc, e.id) as recency
    from parallax.exemplars e
    where e.fingerprint in (select r.fingerprint from jsonb_to_recordset($1::jsonb) as r(fingerprint text))
  ) ranked where age > 1 and recency > $2 - 1)`;
