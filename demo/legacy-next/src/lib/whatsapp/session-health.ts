import type { WhatsAppSession } from "../../../generated/prisma/client.ts";
import { database } from "../database.ts";
import { assertSession } from "./session-reference.ts";
import { socketStatusOf } from "./session-status.ts";
import { dateOrNull } from "./wire.ts";

type Row = Pick<
  WhatsAppSession,
  "sessionId" | "status" | "desiredState" | "isActive" | "reconnectAttempts" | "lastConnectionEventAt" | "lastDisconnectReason"
> & {
  readonly hasLease: boolean;
  readonly lastMessageAt: Date | null;
  readonly queued: number;
  readonly unknown: number;
  readonly failed: number;
};

/** `GET sessions/health`: is every session that should be connected really connected? */
export async function readHealth(tenantId: string, sessionId: string | undefined): Promise<unknown> {
  if (sessionId !== undefined) await assertSession(tenantId, sessionId);
  const rows = await readRows(tenantId, sessionId ?? null);
  const isConnected = (row: Row): boolean => row.isActive && row.status === "CONNECTED" && row.hasLease;
  return {
    success: true,
    healthy: rows.every((row) => row.desiredState !== "RUNNING" || isConnected(row)),
    sessions: rows.map((row) => ({
      sessionId: row.sessionId,
      status: row.status,
      socketStatus: socketStatusOf(row),
      desiredState: row.desiredState,
      isActuallyConnected: isConnected(row),
      leaseHeld: row.hasLease,
      reconnectAttempts: row.reconnectAttempts,
      lastConnectionEventAt: dateOrNull(row.lastConnectionEventAt),
      lastDisconnectReason: row.lastDisconnectReason,
      lastMessageAt: dateOrNull(row.lastMessageAt),
      outbox: { queued: row.queued, unknown: row.unknown, failed: row.failed },
    })),
  };
}

/** One statement, however many sessions there are. The database's clock decides about leases and about the last day. */
function readRows(tenantId: string, sessionId: string | null): Promise<Row[]> {
  return database().$queryRaw<Row[]>`
    select s."sessionId", s."status"::text as "status", s."desiredState"::text as "desiredState", s."isActive", s."reconnectAttempts",
           s."lastConnectionEventAt", s."lastDisconnectReason",
           coalesce(s."leaseExpiresAt" > now() at time zone 'UTC', false) as "hasLease",
           (select m."timestamp" from "whatsapp_messages" m where m."sessionId" = s."sessionId" order by m."timestamp" desc limit 1)
             as "lastMessageAt",
           coalesce(o."queued", 0) as "queued", coalesce(o."unknown", 0) as "unknown", coalesce(o."failed", 0) as "failed"
    from "whatsapp_sessions" s
    left join (
      select b."sessionId",
             (count(*) filter (where b."state" in ('QUEUED', 'CLAIMED', 'WRITTEN')))::int as "queued",
             (count(*) filter (where b."state" = 'UNKNOWN'))::int as "unknown",
             (count(*) filter (where b."state" = 'FAILED'
                and coalesce(b."settledAt", b."updatedAt") > now() at time zone 'UTC' - interval '24 hours'))::int as "failed"
      from "whatsapp_outbox" b
      where b."tenantId" = ${tenantId}
      group by b."sessionId"
    ) o on o."sessionId" = s."sessionId"
    where s."tenantId" = ${tenantId} and (${sessionId}::text is null or s."sessionId" = ${sessionId})
    order by s."lastSync" desc, s."id"`;
}
