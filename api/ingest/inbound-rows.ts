import type { MessageItem } from "@ipnuo/domain/ingest";
import { toStoredMetadata } from "@ipnuo/domain/message-history";
import { toFileName, toMimeType } from "@ipnuo/domain/wire-values";
import { Prisma } from "../../prisma/generated/whatsapp/client.ts";
import type { IdentifiedContact } from "../contacts/contact-identities.ts";
import { sql } from "../runtime/sql.ts";
import type { Batch } from "./batch.ts";
import type { OwnMessage } from "./message-statuses.ts";

/** A message that is stored already. */
export type KnownMessage = OwnMessage & {
  readonly metadata: unknown;
  /** It went through our outbox. */
  readonly isQueued: boolean;
};

/** Locked until the batch is done. */
export async function findKnown({ db, session }: Batch, messageId: string): Promise<KnownMessage | undefined> {
  const [row] = await db.$queryRaw<KnownMessage[]>(sql`
    select m.id, m."messageId", m."remoteJid", m.content, m."messageType", m.status, m.metadata,
      k.id as "contactId", k.name as "contactName", k."chatbotContactId",
      exists (select 1 from whatsapp_outbox o where o."messageRowId" = m.id) as "isQueued"
    from whatsapp_messages m left join whatsapp_contacts k on k.id = m."whatsappContactId" and k."tenantId" = ${session.tenantId}
    where m."sessionId" = ${session.sessionId} and m."messageId" = ${messageId} for update of m`);
  return row;
}

/** A new row, with what is needed to fetch its media; undefined when somebody was faster. */
export async function createMessage(batch: Batch, item: MessageItem, contact: IdentifiedContact): Promise<string | undefined> {
  const { messageId, fromMe, content, messageType, timestamp, media } = item;
  const metadata = toStoredMetadata(item.metadata);
  const [row] = await batch.db.whatsAppMessage.createManyAndReturn({
    data: [
      {
        sessionId: batch.session.sessionId,
        messageId,
        remoteJid: contact.jid,
        whatsappContactId: contact.id,
        fromMe,
        content: content === undefined || content === "" ? null : content,
        messageType,
        status: firstStatus(item),
        quotedMessageId: item.quotedMessageId === undefined || item.quotedMessageId === "" ? null : item.quotedMessageId,
        timestamp,
        metadata: Object.keys(metadata).length === 0 ? Prisma.DbNull : (metadata as Prisma.InputJsonObject),
        ...(media === undefined ? {} : { mediaMimeType: toMimeType(media.mimeType), mediaSize: media.size ?? null }),
      },
    ],
    skipDuplicates: true,
    select: { id: true },
  });
  if (row !== undefined && media !== undefined) await keepMedia(batch, row.id, media);
  return row?.id;
}

/** What came in waits to be read, unless it was read long ago; what we wrote was sent. */
function firstStatus({ fromMe, source, status }: MessageItem) {
  if (fromMe) return status ?? "SENT";
  return source === "history" ? "READ" : "PENDING";
}

/** The media row of a message, until the worker has stored the file. False when there is one. */
export async function keepMedia(batch: Batch, messageRowId: string, media: NonNullable<MessageItem["media"]>): Promise<boolean> {
  const { count } = await batch.db.whatsAppMedia.createMany({
    data: [
      {
        messageRowId,
        tenantId: batch.tenantId,
        mimeType: toMimeType(media.mimeType),
        size: media.size ?? null,
        fileName: toFileName(media.fileName),
        remote: media.remote as Prisma.InputJsonObject,
      },
    ],
    skipDuplicates: true,
  });
  return count > 0;
}
