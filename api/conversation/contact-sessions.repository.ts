import { Inject, Injectable } from "@nestjs/common";
import type { ContactSessions } from "@ipnuo/domain/conversation-replies";
import { sql } from "../runtime/sql.ts";
import { DATABASE, type Database } from "../runtime/tokens.ts";
import { toSummary, type SummaryRow } from "./history-rows.ts";

type ContactSession = ContactSessions[number];
type Row = Omit<SummaryRow, "authorName"> & Pick<ContactSession, "agentName" | "transfers">;

/** A conversation from before starts were kept. */
const UNKNOWN_START = sql`interval '24 hours'`;

/** A contact's closed conversations, with the changes of owner that happened in each. */
@Injectable()
export class ContactSessionsRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** The newest first. One statement, however many there are. */
  async list(tenantId: string, contactId: string): Promise<ContactSessions> {
    const rows = await this.database.$queryRaw<Row[]>(sql`
      select c.id, c."tenantId", c."contactId", c."clientName", c."startedAt", c.date, c.duration, c.summary, c.topics, c.sentiment,
        c."interactionType", c."nextActions", c."aiInsights", c."needsFollowUp", c."followUpDate", c."followUpTime", c."followUpNote",
        c."createdById", c."createdAt", c."updatedAt", coalesce(nullif(u.name, ''), nullif(u.email, ''), 'Unknown') as "agentName",
        (
          select coalesce(json_agg(json_build_object(
            'date', to_char(a."createdAt", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'from', a.metadata ->> 'from', 'to', a.metadata ->> 'to'
          ) order by a."createdAt", a.id), '[]')
          from crm_activities a
          where a."tenantId" = c."tenantId" and a."contactId" = c."contactId" and a.metadata ->> 'type' = 'transfer'
            and a."createdAt" between coalesce(c."startedAt", c.date - ${UNKNOWN_START}) and c.date
        ) as transfers
      from crm_session_summaries c
      left join users u on u.id = c."createdById" and u."tenantId" = c."tenantId"
      where c."tenantId" = ${tenantId} and c."contactId" = ${contactId}
      order by c.date desc, c.id`);
    return rows.map((row) => toSummary(row));
  }
}
