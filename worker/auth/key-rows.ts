import { UTC_NOW, type Database } from "../database.ts";
import { leaseLostError } from "../errors.ts";
import type { Lease } from "../lease/leases.ts";
import type { Sealer } from "./envelope.ts";

/** A value to store under a type and an id; null removes it. */
export type KeyWrite = { readonly type: string; readonly id: string; readonly value: unknown };

/**
 * The rows of `whatsapp_session_keys` of one session. Every write is one statement that first takes hold of the session's
 * row as this lease's: either all of it is stored and the lease was ours until the end, or nothing is.
 */
export class KeyRows {
  constructor(
    private readonly database: Database,
    private readonly lease: Lease,
    private readonly sealer: Sealer,
  ) {}

  async read(type: string, ids: readonly string[]): Promise<Map<string, unknown>> {
    const rows = await this.database.query<{ keyId: string; data: unknown }>(
      `select "keyId", data from whatsapp_session_keys where "sessionId" = $1 and type = $2 and "keyId" = any($3)`,
      [this.lease.sessionId, type, [...ids]],
    );
    return new Map(rows.map(({ keyId, data }) => [keyId, this.sealer.open(data, this.#place(type, keyId))]));
  }

  /** Everything of one type, oldest first. */
  async readAll(type: string): Promise<{ readonly id: string; readonly value: unknown; readonly ageMs: number }[]> {
    const rows = await this.database.query<{ keyId: string; data: unknown; ageMs: number }>(
      `select "keyId", data, (extract(epoch from ${UTC_NOW} - "createdAt") * 1000)::float8 as "ageMs" from whatsapp_session_keys where "sessionId" = $1 and type = $2 order by "createdAt", id`,
      [this.lease.sessionId, type],
    );
    return rows.map(({ keyId, data, ageMs }) => ({ id: keyId, value: this.sealer.open(data, this.#place(type, keyId)), ageMs }));
  }

  /** Throws `WORKER_LEASE_LOST` when the lease is another worker's by now. */
  async write(writes: readonly KeyWrite[]): Promise<void> {
    const gone = writes.filter(({ value }) => value === null || value === undefined);
    const put = writes.filter(({ value }) => value !== null && value !== undefined);
    const [held] = await this.database.query(
      `with lease as (
         select 1 from whatsapp_sessions where "sessionId" = $1 and "leaseEpoch" = $2 for share),
       gone as (
         delete from whatsapp_session_keys k using unnest($3::text[], $4::text[]) as g(type, id)
         where k."sessionId" = $1 and k.type = g.type and k."keyId" = g.id and exists (select 1 from lease)),
       put as (
         insert into whatsapp_session_keys (id, "sessionId", type, "keyId", data, "createdAt", "updatedAt")
         select gen_random_uuid()::text, $1, p.type, p.id, p.data::jsonb, clock_timestamp() at time zone 'utc', ${UTC_NOW}
         from unnest($5::text[], $6::text[], $7::text[]) as p(type, id, data) where exists (select 1 from lease)
         on conflict ("sessionId", type, "keyId") do update set data = excluded.data, "updatedAt" = excluded."updatedAt")
       select 1 from lease`,
      [
        this.lease.sessionId,
        this.lease.epoch,
        gone.map(({ type }) => type),
        gone.map(({ id }) => id),
        put.map(({ type }) => type),
        put.map(({ id }) => id),
        put.map(({ type, id, value }) => this.sealer.seal(value, this.#place(type, id))),
      ],
    );
    if (held === undefined) throw leaseLostError(this.lease.sessionId, this.lease.epoch);
  }

  #place(type: string, id: string): string {
    return `${this.lease.sessionId}/${type}/${id}`;
  }
}
