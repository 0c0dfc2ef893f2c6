import { Inject, Injectable } from "@nestjs/common";
import type { DesiredState, SessionStatus } from "@ipnuo/domain/enums";
import { empty, sql, UTC_NOW } from "../runtime/sql.ts";
import { DATABASE, type Database } from "../runtime/tokens.ts";
import { IS_LEASE_LIVE } from "./sessions.repository.ts";

export type HealthRow = {
  readonly sessionId: string;
  readonly status: SessionStatus;
  readonly desiredState: DesiredState;
  readonly isActive: boolean;
  readonly isLeaseLive: boolean;
  readonly reconnectAttempts: number;
  readonly lastConnectionEventAt: Date | null;
  readonly lastDisconnectReason: string | null;
  readonly lastMessageAt: Date | null;
  readonly queued: number;
  readonly unknown: number;
  readonly failed: number;
};

/** What tells whether sessions do their work. */
@Injectable()
export class SessionHealthRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Of all sessions of the tenant, or of one. One statement. */
  read(tenantId: string, sessionId: string | undefined): Promise<HealthRow[]> {
    const ofOne = sessionId === undefined ? empty : sql`and s."sessionId" = ${sessionId}`;
    return this.database.$queryRaw<HealthRow[]>(sql`
      select s."sessionId", s.status, s."desiredState", s."isActive", ${IS_LEASE_LIVE} as "isLeaseLive", s."reconnectAttempts",
        s."lastConnectionEventAt", s."lastDisconnectReason",
        (select max(m."timestamp") from whatsapp_messages m where m."sessionId" = s."sessionId") as "lastMessageAt",
        o.queued, o.unknown, o.failed
      from whatsapp_sessions s
      cross join lateral (
        select count(*) filter (where o.state in ('QUEUED', 'CLAIMED', 'WRITTEN'))::int as queued,
          count(*) filter (where o.state = 'UNKNOWN')::int as unknown,
          count(*) filter (where o.state = 'FAILED' and coalesce(o."settledAt", o."updatedAt") >= ${UTC_NOW} - interval '24 hours')::int as failed
        from whatsapp_outbox o
        where o."sessionId" = s."sessionId" and o.state in ('QUEUED', 'CLAIMED', 'WRITTEN', 'UNKNOWN', 'FAILED')
      ) o
      where s."tenantId" = ${tenantId} ${ofOne}
      order by s."lastSync" desc, s.id`);
  }
}
