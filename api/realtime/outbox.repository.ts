import { Inject, Injectable } from "@nestjs/common";
import { sql, UTC_NOW } from "../runtime/sql.ts";
import { DATABASE, type Database } from "../runtime/tokens.ts";
import type { Queries } from "../runtime/transactions.ts";

export type OutboxRow = { readonly id: bigint; readonly event: string; readonly data: unknown };

/** First key of the advisory locks of this table; the second one is the channel. */
const LOCK_CLASS = 1_919_250_543;
/** One call to a broker takes ten events at most. */
const BATCH = 10;
const MAX_CHANNELS = 200;
const TRANSACTION_MS = 15_000;

/** Emissions that were committed and not yet broadcast. */
@Injectable()
export class OutboxRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Channels with something to tell, the longest waiting first. */
  async channels(): Promise<string[]> {
    const rows = await this.database.$queryRaw<{ channel: string }[]>(sql`
      select channel from realtime_outbox group by channel order by min(id) limit ${MAX_CHANNELS}`);
    return rows.map(({ channel }) => channel);
  }

  /**
   * Hands the oldest rows of a channel to `work` and deletes as many of them, from the first on, as it says it is done with.
   * Nobody else has the channel meanwhile, on any replica: its order holds. The lock ends with the transaction, also by a crash.
   */
  take(channel: string, work: (rows: readonly OutboxRow[]) => Promise<number>): Promise<void> {
    const limits = { maxWait: TRANSACTION_MS, timeout: TRANSACTION_MS };
    return this.database.$transaction(async (db) => {
      await db.$queryRaw(sql`select pg_advisory_xact_lock(${LOCK_CLASS}::int, hashtext(${channel}))::text`);
      const rows = await next(db, channel);
      const done = await work(rows);
      const ids = rows.slice(0, done).map(({ id }) => id);
      if (ids.length > 0) await db.realtimeOutbox.deleteMany({ where: { id: { in: ids } } });
    }, limits);
  }

  /** Drops what is a day old: nobody wants to hear it any more. The number of rows. */
  removeExpired(): Promise<number> {
    return this.database.$executeRaw(sql`delete from realtime_outbox where "createdAt" < ${UTC_NOW} - interval '24 hours'`);
  }
}

function next(db: Queries, channel: string): Promise<OutboxRow[]> {
  return db.$queryRaw<OutboxRow[]>(sql`
    select id, event, data from realtime_outbox where channel = ${channel} order by id limit ${BATCH} for update skip locked`);
}
