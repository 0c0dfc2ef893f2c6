import { Inject, Injectable } from "@nestjs/common";
import { sql } from "../runtime/sql.ts";
import { DATABASE, type Database } from "../runtime/tokens.ts";
import type { ActivityRow, SummaryRow } from "./history-rows.ts";

/** The author's name, else email, else `System`: no such user in the tenant, or the author `system`. */
const AUTHOR_NAME = sql`coalesce(nullif(u.name, ''), nullif(u.email, ''), 'System') as "authorName"`;

/** What is remembered of a contact's earlier conversations, read only. */
@Injectable()
export class HistoryRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** The newest summaries, oldest first. */
  async summaries(tenantId: string, contactId: string, limit: number): Promise<SummaryRow[]> {
    const rows = await this.database.$queryRaw<SummaryRow[]>(sql`
      select c.id, c."tenantId", c."contactId", c."clientName", c."startedAt", c.date, c.duration, c.summary, c.topics, c.sentiment,
        c."interactionType", c."nextActions", c."aiInsights", c."needsFollowUp", c."followUpDate", c."followUpTime", c."followUpNote",
        c."createdById", c."createdAt", c."updatedAt", ${AUTHOR_NAME}
      from crm_session_summaries c
      left join users u on u.id = c."createdById" and u."tenantId" = c."tenantId" and u.id <> 'system'
      where c."tenantId" = ${tenantId} and c."contactId" = ${contactId}
      order by c.date desc, c.id desc limit ${limit}`);
    return rows.toReversed();
  }

  /** The newest notes, oldest first. */
  async notes(tenantId: string, contactId: string, limit: number): Promise<ActivityRow[]> {
    const rows = await this.database.$queryRaw<ActivityRow[]>(sql`
      select a.id, a."tenantId", a."contactId", a.type, a.text, a.detail, a.metadata, a."createdById", a."createdAt", ${AUTHOR_NAME}
      from crm_activities a
      left join users u on u.id = a."createdById" and u."tenantId" = a."tenantId" and u.id <> 'system'
      where a."tenantId" = ${tenantId} and a."contactId" = ${contactId} and a.type = 'note'
      order by a."createdAt" desc, a.id desc limit ${limit}`);
    return rows.toReversed();
  }
}
