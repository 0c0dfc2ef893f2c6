import { Inject, Injectable } from "@nestjs/common";
import type { MessageStatus } from "@ipnuo/domain/enums";
import { AppError } from "../../lib/errors.ts";
import { empty, sql, timestampOf, type Sql } from "../runtime/sql.ts";
import { DATABASE, type Database } from "../runtime/tokens.ts";
import type { Queries } from "../runtime/transactions.ts";
import type { MessageRow } from "./message-row.ts";

/** A place in the order of messages. */
export type MessagePosition = { readonly timestamp: Date; readonly id: string };

export type MessageSelection = {
  readonly contactId: string | undefined;
  readonly sessionId: string | undefined;
  readonly status: MessageStatus | undefined;
  readonly before: MessagePosition | undefined;
};

const COLUMNS = sql`m.id, m."sessionId", m."messageId", m."remoteJid", m."whatsappContactId", m."fromMe", m.content, m."messageType", m.status,
  m."mediaUrl", m."mediaMimeType", m."mediaSize", m."thumbnailUrl", m."quotedMessageId", m.timestamp, m."deliveredAt", m."readAt",
  m."errorMessage", m.metadata, m."createdAt", m."updatedAt", m."senderId", u.id as "userId", u.name as "userName", u.email as "userEmail"`;
const NEWEST_FIRST = sql`order by m.timestamp desc, m.id desc`;

/** Messages of one tenant, read only. */
@Injectable()
export class MessagesRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** The newest `limit` of a selection, newest first. */
  newest(tenantId: string, selection: MessageSelection, limit: number): Promise<MessageRow[]> {
    const source = selection.contactId === undefined ? ofSessions(tenantId, selection, limit) : ofContact(tenantId, selection, limit);
    return this.database.$queryRaw<MessageRow[]>(sql`
      select ${COLUMNS} from (${source}) m
      left join users u on u.id = m."senderId" and u."tenantId" = ${tenantId}
      ${NEWEST_FIRST} limit ${limit}`);
  }

  /** One message by its row id, as it is inside of a transaction. Throws when the tenant has none. */
  async get(db: Queries, tenantId: string, id: string): Promise<MessageRow> {
    const [row] = await db.$queryRaw<MessageRow[]>(sql`
      select ${COLUMNS} from whatsapp_messages m
      join whatsapp_sessions s on s."sessionId" = m."sessionId" and s."tenantId" = ${tenantId}
      left join users u on u.id = m."senderId" and u."tenantId" = ${tenantId}
      where m.id = ${id}`);
    if (row === undefined) throw new AppError("MESSAGE_GONE", "a message that was just there is not");
    return row;
  }

  /** Where a message of the tenant stands; undefined when the tenant has none with this row id. */
  async positionOf(tenantId: string, id: string): Promise<MessagePosition | undefined> {
    const [row] = await this.database.$queryRaw<MessagePosition[]>(sql`
      select m.timestamp, m.id from whatsapp_messages m
      join whatsapp_sessions s on s."sessionId" = m."sessionId"
      where m.id = ${id} and s."tenantId" = ${tenantId}`);
    return row;
  }
}

/** A contact selects by its row: all its addresses, all sessions of the tenant. */
function ofContact(tenantId: string, selection: MessageSelection, limit: number): Sql {
  return sql`
    select m.* from whatsapp_messages m
    join whatsapp_sessions s on s."sessionId" = m."sessionId" and s."tenantId" = ${tenantId}
    where m."whatsappContactId" = ${selection.contactId} ${sessionIs(selection)} ${narrowed(selection)}
    ${NEWEST_FIRST} limit ${limit}`;
}

/** The newest of each session, so that the index of one session answers for it and the whole table is never sorted. */
function ofSessions(tenantId: string, selection: MessageSelection, limit: number): Sql {
  return sql`
    select m.* from whatsapp_sessions s
    cross join lateral (
      select m.* from whatsapp_messages m
      where m."sessionId" = s."sessionId" ${narrowed(selection)}
      ${NEWEST_FIRST} limit ${limit}
    ) m
    where s."tenantId" = ${tenantId} ${sessionIs(selection)}`;
}

function sessionIs({ sessionId }: MessageSelection): Sql {
  return sessionId === undefined ? empty : sql`and s."sessionId" = ${sessionId}`;
}

function narrowed({ status, before }: MessageSelection): Sql {
  const byStatus = status === undefined ? empty : sql`and m.status = ${status}::"WhatsAppMessageStatus"`;
  const byPosition = before === undefined ? empty : sql`and (m.timestamp, m.id) < (${timestampOf(before.timestamp)}, ${before.id})`;
  return sql`${byStatus} ${byPosition}`;
}
