import { Inject, Injectable } from "@nestjs/common";
import type { MessageStatus } from "@ipnuo/domain/enums";
import { sql, timestampOf } from "../runtime/sql.ts";
import { DATABASE, type Database } from "../runtime/tokens.ts";
import type { AnalyticsCounts, Traffic } from "./analytics-report.ts";
import type { AnalyticsWindow } from "./analytics-window.ts";

/** One group of messages. `grain` says by what it was grouped; `total` is there even when there are no messages. */
type GroupRow = Traffic & {
  readonly grain: "total" | "bucket" | "hour" | "status";
  readonly bucket: number | null;
  readonly hour: number | null;
  readonly status: MessageStatus | null;
  readonly flowbot: number;
  readonly previousSent: number;
  readonly previousReceived: number;
  readonly activeContacts: number;
};

/** Counts the messages of one session, in one statement and one pass over each window. */
@Injectable()
export class AnalyticsRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Undefined when the tenant has no such session. */
  async count(tenantId: string, sessionId: string, window: AnalyticsWindow): Promise<AnalyticsCounts | undefined> {
    const [start, previousStart] = [timestampOf(window.start), timestampOf(window.previousStart)];
    const firstBucket = timestampOf(window.buckets[0] ?? window.start);
    const lastIndex = window.buckets.length - 1;
    const rows = await this.database.$queryRaw<GroupRow[]>(sql`
      with session as (select s."sessionId" from whatsapp_sessions s where s."tenantId" = ${tenantId} and s."sessionId" = ${sessionId}),
      counted as (
        select case grouping(m.bucket, m.hour, m.status) when 7 then 'total' when 3 then 'bucket' when 5 then 'hour' else 'status' end as grain,
          m.bucket, m.hour, m.status,
          (count(*) filter (where m."fromMe"))::int as sent, (count(*) filter (where not m."fromMe"))::int as received,
          (count(*) filter (where m."fromMe" and m."senderId" = 'whatsapp-system'))::int as flowbot
        from (
          select m."fromMe", m."senderId", m.status, extract(hour from m.timestamp)::int as hour,
            least(floor(extract(epoch from m.timestamp - ${firstBucket}) * 1000 / ${window.bucketMs}::int)::int, ${lastIndex}::int) as bucket
          from whatsapp_messages m join session using ("sessionId")
          where m.timestamp >= ${start}
        ) m
        group by grouping sets ((), (m.bucket), (m.hour), (m.status))
      ),
      previous as (
        select (count(*) filter (where m."fromMe"))::int as "previousSent", (count(*) filter (where not m."fromMe"))::int as "previousReceived"
        from whatsapp_messages m join session using ("sessionId")
        where m.timestamp >= ${previousStart} and m.timestamp < ${start}
      ),
      active as (
        select count(*)::int as "activeContacts" from whatsapp_contacts k join session using ("sessionId") where k."lastMessageAt" >= ${start}
      )
      select g.*, previous.*, active.* from session cross join counted g cross join previous cross join active`);
    return toCounts(rows);
  }
}

function toCounts(rows: readonly GroupRow[]): AnalyticsCounts | undefined {
  const total = rows.find((row) => row.grain === "total");
  if (total === undefined) return undefined;
  const byKey = <Key, Value>(grain: GroupRow["grain"], keyOf: (row: GroupRow) => Key | null, valueOf: (row: GroupRow) => Value) =>
    new Map(rows.flatMap((row) => (row.grain === grain && keyOf(row) !== null ? [[keyOf(row) as Key, valueOf(row)] as const] : [])));
  const trafficOf = ({ sent, received }: GroupRow): Traffic => ({ sent, received });
  return {
    total: trafficOf(total),
    flowbot: total.flowbot,
    previous: { sent: total.previousSent, received: total.previousReceived },
    activeContacts: total.activeContacts,
    byBucket: byKey("bucket", (row) => row.bucket, trafficOf),
    byHour: byKey("hour", (row) => row.hour, trafficOf),
    byStatus: byKey(
      "status",
      (row) => row.status,
      (row) => row.sent + row.received,
    ),
  };
}
