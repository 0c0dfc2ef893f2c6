import { Injectable } from "@nestjs/common";
import { Prisma } from "../../prisma/generated/whatsapp/client.ts";
import { sql, timestampOf } from "../runtime/sql.ts";
import type { Queries } from "../runtime/transactions.ts";
import { draftMessage, draftOutbox, type SendPlace } from "./send-draft.ts";
import { payloadOf, type SendOrder } from "./send-order.ts";

/** The rows a send is made of. */
@Injectable()
export class SendRowsRepository {
  /** Message, outbox and, with a file, media row. Returns the message's row id. */
  async write(db: Queries, order: SendOrder, place: SendPlace, storageKey: string | undefined): Promise<string> {
    const { tenantId } = order.scope;
    const draft = draftMessage(order, place);
    const message = await db.whatsAppMessage.create({ data: { ...draft, metadata: draft.metadata ?? Prisma.DbNull }, select: { id: true } });
    if (order.file !== undefined && storageKey !== undefined) {
      const { sha256, mimeType, size, fileName } = order.file;
      await db.whatsAppMessage.update({ where: { id: message.id }, data: { mediaUrl: `/api/whatsapp/media/${message.id}` }, select: { id: true } });
      await db.whatsAppMedia.create({
        data: { messageRowId: message.id, tenantId, state: "STORED", sha256, mimeType, size, fileName, storageKey },
        select: { id: true },
      });
    }
    const payload = payloadOf(order, storageKey);
    await db.whatsAppOutbox.create({ data: { ...draftOutbox(order, place), messageRowId: message.id, payload }, select: { id: true } });
    return message.id;
  }

  /** The contact has a newer message, unless one of the future is there already. */
  async touchContact(db: Queries, { contactId, session, now }: SendPlace): Promise<void> {
    const at = timestampOf(now);
    await db.$executeRaw(sql`
      update whatsapp_contacts set "lastMessageAt" = ${at}, "sessionId" = ${session.sessionId}, "updatedAt" = ${at}
      where id = ${contactId} and ("lastMessageAt" is null or "lastMessageAt" <= ${at})`);
  }

  /** Whether the tenant has a message with this WhatsApp id in the chat. */
  async isInChat(db: Queries, tenantId: string, chatJid: string, messageId: string): Promise<boolean> {
    const rows = await db.$queryRaw<object[]>(sql`
      select 1 from whatsapp_messages m
      join whatsapp_sessions s on s."sessionId" = m."sessionId" and s."tenantId" = ${tenantId}
      left join whatsapp_contacts k on k.id = m."whatsappContactId" and k."tenantId" = s."tenantId"
      where m."messageId" = ${messageId} and (m."remoteJid" = ${chatJid} or k.pn = ${chatJid} or k.lid = ${chatJid} or k.jid = ${chatJid})
      limit 1`);
    return rows.length > 0;
  }

  /** Whether any media of the tenant is in this file. */
  async isStored(db: Queries, tenantId: string, storageKey: string): Promise<boolean> {
    const rows = await db.$queryRaw<object[]>(sql`
      select 1 from whatsapp_media where "tenantId" = ${tenantId} and "storageKey" = ${storageKey} limit 1`);
    return rows.length > 0;
  }

  /** Holds a file's name until the transaction ends: who publishes it and who removes it wait for each other. */
  async lockFile(db: Queries, tenantId: string, sha256: string): Promise<void> {
    await db.$queryRaw(sql`select pg_advisory_xact_lock(hashtextextended(${`media:${tenantId}/${sha256}`}, 0))::text`);
  }
}
