import { Injectable } from "@nestjs/common";
import type { StoredIdentity } from "@ipnuo/domain/contact-identity";
import { phoneDigitsOf } from "@ipnuo/domain/jid";
import { sql, UTC_NOW } from "../runtime/sql.ts";
import type { Queries } from "../runtime/transactions.ts";

/** What happens to rows when addresses turn out to belong together (contract 6.3). Rows are locked by the caller. */
@Injectable()
export class ContactMerges {
  /** Takes the LID off a contact: newer evidence gives it to another one. */
  async release(db: Queries, contact: StoredIdentity): Promise<void> {
    const jid = contact.pn ?? contact.jid;
    await db.$executeRaw(sql`update whatsapp_contacts set lid = null, jid = ${jid}, "updatedAt" = ${UTC_NOW} where id = ${contact.id}`);
    if (jid !== contact.jid) await moveMessagesTo(db, contact.id, jid);
  }

  /** Addresses of a contact as they are known now; its messages follow. */
  async setAddresses(db: Queries, before: StoredIdentity, { id, jid, pn, lid }: StoredIdentity): Promise<void> {
    const phoneNumber = pn === null ? null : (phoneDigitsOf(pn) ?? null);
    await db.$executeRaw(sql`
      update whatsapp_contacts set jid = ${jid}, pn = ${pn}, lid = ${lid}, "phoneNumber" = ${phoneNumber}, "updatedAt" = ${UTC_NOW}
      where id = ${id}`);
    if (jid !== before.jid) await moveMessagesTo(db, id, jid);
  }

  /** Everything of one contact becomes the other's, and the row goes. */
  async absorb(db: Queries, survivorId: string, otherId: string): Promise<void> {
    await cancelSecondTransfer(db, survivorId, otherId);
    await db.$executeRaw(sql`
      update whatsapp_messages m set "whatsappContactId" = k.id, "remoteJid" = k.jid, "updatedAt" = ${UTC_NOW}
      from whatsapp_contacts k where k.id = ${survivorId} and m."whatsappContactId" = ${otherId}`);
    await db.$executeRaw(
      sql`update contact_transfer_requests set "contactId" = ${survivorId}, "updatedAt" = ${UTC_NOW} where "contactId" = ${otherId}`,
    );
    await db.$executeRaw(sql`update crm_session_summaries set "contactId" = ${survivorId}, "updatedAt" = ${UTC_NOW} where "contactId" = ${otherId}`);
    await db.$executeRaw(sql`update crm_activities set "contactId" = ${survivorId} where "contactId" = ${otherId}`);
    await db.$executeRaw(sql`
      update whatsapp_contacts k set
        "createdAt" = least(k."createdAt", o."createdAt"),
        "unreadCount" = k."unreadCount" + o."unreadCount",
        "sessionId" = case when ${isNewer} then o."sessionId" else k."sessionId" end,
        "lastMessageAt" = greatest(k."lastMessageAt", o."lastMessageAt"),
        "sessionStartedAt" = case when k."sessionStatus" = 'OPEN' then k."sessionStartedAt" else o."sessionStartedAt" end,
        "sessionStatus" = case when k."sessionStatus" = 'OPEN' then k."sessionStatus" else o."sessionStatus" end,
        "lastSessionClosedAt" = greatest(k."lastSessionClosedAt", o."lastSessionClosedAt"),
        "isBusiness" = k."isBusiness" or o."isBusiness",
        name = coalesce(k.name, o.name),
        "avatarUrl" = coalesce(k."avatarUrl", o."avatarUrl"),
        "chatbotContactId" = coalesce(k."chatbotContactId", o."chatbotContactId"),
        "userId" = coalesce(k."userId", o."userId"),
        "routingOverride" = coalesce(k."routingOverride", o."routingOverride"),
        "updatedAt" = ${UTC_NOW}
      from whatsapp_contacts o where k.id = ${survivorId} and o.id = ${otherId}`);
    await db.whatsAppContact.delete({ where: { id: otherId }, select: { id: true } });
  }
}

const isNewer = sql`coalesce(o."lastMessageAt" > k."lastMessageAt", o."lastMessageAt" is not null)`;

/** One PENDING request per contact: of two the later one is cancelled. */
async function cancelSecondTransfer(db: Queries, survivorId: string, otherId: string): Promise<void> {
  await db.$executeRaw(sql`
    update contact_transfer_requests set status = 'CANCELLED', "resolvedAt" = ${UTC_NOW}, "updatedAt" = ${UTC_NOW}
    where id in (
      select id from contact_transfer_requests where "contactId" in (${survivorId}, ${otherId}) and status = 'PENDING'
      order by "createdAt", id offset 1
    )`);
}

async function moveMessagesTo(db: Queries, contactId: string, jid: string): Promise<void> {
  await db.$executeRaw(sql`
    update whatsapp_messages set "remoteJid" = ${jid}, "updatedAt" = ${UTC_NOW}
    where "whatsappContactId" = ${contactId} and "remoteJid" <> ${jid}`);
}
