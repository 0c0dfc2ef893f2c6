import type { Analytics } from "@ipnuo/domain/analytics";
import { database } from "../database.ts";
import { toAnalytics, type CountRow } from "./analytics-report.ts";
import { SYSTEM_SENDER } from "./message-reply.ts";
import { assertSession } from "./session-reference.ts";
import { timeWindow, type TimeWindow } from "./time-window.ts";

export type AnalyticsQuery = { readonly sessionId: string; readonly timeRange: string };

/** `GET analytics`. */
export async function readAnalytics(tenantId: string, { sessionId, timeRange }: AnalyticsQuery): Promise<Analytics> {
  const window = timeWindow(timeRange, new Date());
  await assertSession(tenantId, sessionId);
  return toAnalytics(await countMessages(sessionId, window), timeRange, window);
}

/**
 * All counts of one moment in one statement. The columns are UTC without a zone, and so are the bounds: an ISO text cast to
 * `timestamp` keeps its digits, whatever zone the server or this process is in. Messages from the future fall into the last bucket.
 */
function countMessages(sessionId: string, { previousStart, start, end, bucket }: TimeWindow): Promise<CountRow[]> {
  const [from, to, previousFrom] = [start, end, previousStart].map((date) => date.toISOString());
  return database().$queryRaw<CountRow[]>`
    with recent as (
      select "fromMe" as sent,
             "fromMe" and "senderId" = ${SYSTEM_SENDER} as automatic,
             "status"::text as status,
             extract(hour from "timestamp")::int::text as hour,
             extract(epoch from date_trunc(${bucket}, least("timestamp", ${to}::timestamp)))::bigint::text as bucket
      from "whatsapp_messages"
      where "sessionId" = ${sessionId} and "timestamp" >= ${from}::timestamp
    )
    select 'window' as kind, '' as key, (count(*) filter (where sent))::int as sent, count(*)::int as total from recent
    union all
    select 'flowbot', '', count(*)::int, count(*)::int from recent where automatic
    union all
    select 'status', status, (count(*) filter (where sent))::int, count(*)::int from recent group by status
    union all
    select 'hour', hour, (count(*) filter (where sent))::int, count(*)::int from recent group by hour
    union all
    select 'bucket', bucket, (count(*) filter (where sent))::int, count(*)::int from recent group by bucket
    union all
    select 'previous', '', (count(*) filter (where "fromMe"))::int, count(*)::int
    from "whatsapp_messages"
    where "sessionId" = ${sessionId} and "timestamp" >= ${previousFrom}::timestamp and "timestamp" < ${from}::timestamp
    union all
    select 'activeContacts', '', 0, count(*)::int
    from "whatsapp_contacts"
    where "sessionId" = ${sessionId} and "lastMessageAt" >= ${from}::timestamp`;
}
