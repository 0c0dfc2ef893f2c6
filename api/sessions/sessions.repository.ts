import { Inject, Injectable } from "@nestjs/common";
import { CONFIG_COLUMNS } from "../config/session-config.ts";
import { sql, UTC_NOW, type Sql } from "../runtime/sql.ts";
import { DATABASE, type Database } from "../runtime/tokens.ts";
import type { Queries, Transaction } from "../runtime/transactions.ts";
import type { SessionRow } from "./session-row.ts";
import type { StatusRow } from "./session-status.ts";

/** Of `whatsapp_sessions s`; leases are judged by the database's clock. */
export const IS_LEASE_LIVE = sql`coalesce(s."leaseExpiresAt" > ${UTC_NOW}, false)`;

/** Sessions of one tenant, read only. */
@Injectable()
export class SessionsRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** All of a tenant's, in the contract's order. One statement, whatever their number. */
  list(tenantId: string): Promise<SessionRow[]> {
    return this.select(sql`s."tenantId" = ${tenantId}`, this.database);
  }

  /** One session, as a transaction sees it. */
  async find({ db }: Transaction, tenantId: string, sessionId: string): Promise<SessionRow | undefined> {
    const [row] = await this.select(sql`s."tenantId" = ${tenantId} and s."sessionId" = ${sessionId}`, db);
    return row;
  }

  private select(condition: Sql, db: Queries): Promise<SessionRow[]> {
    return db.$queryRaw<SessionRow[]>(sql`
      select s.id, s."sessionId", s."tenantId", s.name, s."phoneNumber", s.status, s."isActive", s."browserActive", s."lastSync",
        s."lastConnected", s."errorMessage", s."createdAt", s."updatedAt", ${IS_LEASE_LIVE} as "isLeaseLive",
        (jsonb_typeof(s.creds) = 'object' and s.creds <> '{}') as "hasCredentials",
        s."lastConnectionEventAt", s."lastDisconnectReason", s."qrUpdatedAt", s."reconnectAttempts",
        (select count(*)::int from whatsapp_messages m where m."sessionId" = s."sessionId") as "messageCount",
        (select count(*)::int from whatsapp_contacts k where k."sessionId" = s."sessionId") as "contactCount",
        c.id as "configId", ${CONFIG_COLUMNS}, c.metadata as "configMetadata", c."createdAt" as "configCreatedAt", c."updatedAt" as "configUpdatedAt"
      from whatsapp_sessions s
      left join whatsapp_session_configs c on c."sessionId" = s."sessionId"
      where ${condition}
      order by s."lastSync" desc, s.id`);
  }

  async findStatus(tenantId: string, sessionId: string): Promise<StatusRow | undefined> {
    const [row] = await this.database.$queryRaw<StatusRow[]>(sql`
      select s.status, s."isActive", s."errorMessage", s."qrCode", s."pairingCode",
        coalesce(s."qrUpdatedAt" > ${UTC_NOW} - interval '120 seconds', false) as "isCodeFresh", ${IS_LEASE_LIVE} as "isLeaseLive"
      from whatsapp_sessions s
      where s."tenantId" = ${tenantId} and s."sessionId" = ${sessionId}`);
    return row;
  }

  async exists(tenantId: string, sessionId: string, db: Queries = this.database): Promise<boolean> {
    const rows = await db.$queryRaw<object[]>(sql`
      select 1 from whatsapp_sessions where "tenantId" = ${tenantId} and "sessionId" = ${sessionId}`);
    return rows.length > 0;
  }
}
