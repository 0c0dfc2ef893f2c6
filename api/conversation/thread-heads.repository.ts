import { Inject, Injectable } from "@nestjs/common";
import { addressHit, isAddress, referenceHit, toReference, type ContactReference, type Hit } from "../contacts/contact-references.repository.ts";
import { sql } from "../runtime/sql.ts";
import { DATABASE, type Database } from "../runtime/tokens.ts";
import type { ActivityRow, SummaryRow } from "./history-rows.ts";

/** Whom a thread is with, and what is remembered of their earlier conversations, oldest first. */
export type ThreadHead = {
  readonly contact: ContactReference;
  readonly summaries: readonly SummaryRow[];
  readonly notes: readonly ActivityRow[];
};

type SummaryDate = "startedAt" | "date" | "followUpDate" | "createdAt" | "updatedAt";
/** Rows as PostgreSQL writes them in JSON: a timestamp is a text without a zone. */
type InJson<Row, Dates extends keyof Row> = { readonly [Key in keyof Row]: Key extends Dates ? string | Extract<Row[Key], null> : Row[Key] };
type HeadRow = Hit & {
  readonly summaries: readonly InJson<SummaryRow, SummaryDate>[];
  readonly notes: readonly InJson<ActivityRow, "createdAt">[];
};

/** The author's name, else email, else `System`: no such user in the tenant, or the author `system`. */
const AUTHOR_NAME = sql`coalesce(nullif(u.name, ''), nullif(u.email, ''), 'System') as "authorName"`;

/** The head of a thread in one statement: a round trip costs more than all three answers together. */
@Injectable()
export class ThreadHeadsRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async find(tenantId: string, by: { readonly contactId: string } | { readonly jid: string }, limit: number): Promise<ThreadHead> {
    const reference = "contactId" in by ? by.contactId : by.jid;
    const hit = "contactId" in by ? referenceHit(tenantId, reference) : addressHit(tenantId, reference);
    const rows = await this.database.$queryRaw<HeadRow[]>(sql`
      with hit as (${hit})
      select hit.id,
        (select coalesce(json_agg(row_to_json(c) order by c.date, c.id), '[]') from (
          select c.id, c."tenantId", c."contactId", c."clientName", c."startedAt", c.date, c.duration, c.summary, c.topics, c.sentiment,
            c."interactionType", c."nextActions", c."aiInsights", c."needsFollowUp", c."followUpDate", c."followUpTime", c."followUpNote",
            c."createdById", c."createdAt", c."updatedAt", ${AUTHOR_NAME}
          from crm_session_summaries c
          left join users u on u.id = c."createdById" and u."tenantId" = c."tenantId" and u.id <> 'system'
          where c."tenantId" = ${tenantId} and c."contactId" = hit.id
          order by c.date desc, c.id desc limit ${limit}
        ) c) as summaries,
        (select coalesce(json_agg(row_to_json(a) order by a."createdAt", a.id), '[]') from (
          select a.id, a."tenantId", a."contactId", a.type, a.text, a.detail, a.metadata, a."createdById", a."createdAt", ${AUTHOR_NAME}
          from crm_activities a
          left join users u on u.id = a."createdById" and u."tenantId" = a."tenantId" and u.id <> 'system'
          where a."tenantId" = ${tenantId} and a."contactId" = hit.id and a.type = 'note'
          order by a."createdAt" desc, a.id desc limit ${limit}
        ) a) as notes
      from hit`);
    return {
      contact: toReference(rows, isAddress(reference)),
      summaries: (rows[0]?.summaries ?? []).map(toSummaryRow),
      notes: (rows[0]?.notes ?? []).map((row) => ({ ...row, createdAt: toDate(row.createdAt) })),
    };
  }
}

function toSummaryRow(row: InJson<SummaryRow, SummaryDate>): SummaryRow {
  return {
    ...row,
    startedAt: row.startedAt === null ? null : toDate(row.startedAt),
    date: toDate(row.date),
    followUpDate: row.followUpDate === null ? null : toDate(row.followUpDate),
    createdAt: toDate(row.createdAt),
    updatedAt: toDate(row.updatedAt),
  };
}

/** Columns hold UTC without saying so. */
function toDate(text: string): Date {
  return new Date(`${text}Z`);
}
