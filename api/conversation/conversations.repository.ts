import { Inject, Injectable } from "@nestjs/common";
import type { ContactRow } from "@ipnuo/domain/contact-row";
import { phoneDigitsOf } from "@ipnuo/domain/jid";
import type { SaidMessage } from "@ipnuo/domain/summary-preview";
import type { WhatsAppContact } from "../../prisma/generated/whatsapp/client.ts";
import { contactNotFound } from "../http/contract-error.ts";
import { sql, timestampOf, toObjectOrNull, toWireDate, toWireDateOrNull } from "../runtime/sql.ts";
import { DATABASE, type Database } from "../runtime/tokens.ts";
import type { Queries } from "../runtime/transactions.ts";

/** Messages a summary looks at. */
const SUMMARY_MESSAGES = 200;

export type Period = { readonly from: Date; readonly to: Date };

/** The conversation part of a contact's row, and what was said in it. */
@Injectable()
export class ConversationsRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async get(tenantId: string, id: string, db: Queries = this.database): Promise<WhatsAppContact> {
    const contact = await db.whatsAppContact.findFirst({ where: { id, tenantId } });
    if (contact === null) throw contactNotFound();
    return contact;
  }

  /** The newest messages with content in a period, both ends included, oldest first. */
  async said(tenantId: string, contactId: string, { from, to }: Period, db: Queries = this.database): Promise<SaidMessage[]> {
    const rows = await db.$queryRaw<SaidMessage[]>(sql`
      select m."fromMe", m.content from whatsapp_messages m
      join whatsapp_sessions s on s."sessionId" = m."sessionId" and s."tenantId" = ${tenantId}
      where m."whatsappContactId" = ${contactId} and m.content <> '' and m.timestamp between ${timestampOf(from)} and ${timestampOf(to)}
      order by m.timestamp desc, m.id desc limit ${SUMMARY_MESSAGES}`);
    return rows.toReversed();
  }

  /** What came in and was not read is read now. */
  async markRead(db: Queries, contactId: string, now: Date): Promise<void> {
    await db.whatsAppContact.updateMany({ where: { id: contactId, unreadCount: { not: 0 } }, data: { unreadCount: 0 } });
    await db.whatsAppMessage.updateMany({
      where: { whatsappContactId: contactId, fromMe: false, status: { in: ["PENDING", "DELIVERED"] } },
      data: { status: "READ", readAt: now },
    });
  }
}

/** A contact's row as the contract shows it (3.1). */
export function toContactRow(contact: WhatsAppContact): ContactRow {
  const participants = toObjectOrNull(contact.metadata)?.["participants"];
  return {
    id: contact.id,
    sessionId: contact.sessionId,
    jid: contact.jid,
    lid: contact.lid,
    pn: contact.pn,
    name: contact.name,
    phoneNumber: contact.pn === null ? null : (phoneDigitsOf(contact.pn) ?? null),
    isGroup: contact.isGroup,
    isBusiness: contact.isBusiness,
    avatarUrl: contact.avatarUrl,
    lastMessageAt: toWireDateOrNull(contact.lastMessageAt),
    unreadCount: contact.unreadCount,
    // Other keys are relics: conversation state was kept there once (contract 6.4 and 7, lesson 15).
    metadata: toObjectOrNull(contact.metadata) === null ? null : participants === undefined ? {} : { participants },
    createdAt: toWireDate(contact.createdAt),
    updatedAt: toWireDate(contact.updatedAt),
    chatbotContactId: contact.chatbotContactId,
    userId: contact.userId,
    tenantId: contact.tenantId,
    sessionStatus: contact.sessionStatus,
    sessionStartedAt: toWireDateOrNull(contact.sessionStartedAt),
    lastSessionClosedAt: toWireDateOrNull(contact.lastSessionClosedAt),
    routingOverride: contact.routingOverride,
  };
}
