import type { FieldSeen } from "../core/rule-preview.ts";
import type { FieldCountRow } from "./field-buffer.ts";
import type { StoreClient } from "./store.ts";
import type { WriterIdentity } from "./write-ledger.ts";

/** Rows hold absolute figures: writing them twice changes nothing. */
export async function writeFields(store: StoreClient, { run, writer }: WriterIdentity, rows: readonly FieldCountRow[]): Promise<void> {
  if (rows.length === 0) return;
  const records = JSON.stringify(rows.map(({ lastSeenMs, ...row }) => ({ ...row, lastSeen: new Date(lastSeenMs).toISOString() })));
  await store.$executeRaw`insert into parallax.fields (run, writer, endpoint, path, count, "lastSeen")
    select ${run}, ${writer}, r.endpoint, r.path, r.count, r."lastSeen"
    from jsonb_to_recordset(${records}::jsonb) as r(endpoint text, path text, count int, "lastSeen" timestamptz)
    on conflict (run, writer, endpoint, path) do update set count = excluded.count, "lastSeen" = excluded."lastSeen"`;
}

/** The fields that answers of an endpoint had, and how often each was looked at. */
export async function readFields(store: StoreClient, endpoint: string): Promise<FieldSeen[]> {
  return store.$queryRaw<
    FieldSeen[]
  >`select path, sum(count)::float8 as count from parallax.fields where endpoint = ${endpoint} group by path order by path`;
}
