import type { MessageStatus } from "@ipnuo/domain/enums";
import { Prisma, type WhatsAppContact, type WhatsAppMessage } from "../../../generated/prisma/client.ts";
import { messageReceived } from "../realtime/message-events.ts";
import { isStorable, objectOrNull } from "../whatsapp/wire.ts";
import type { Applied, Batch, ItemKind } from "./batch.ts";
import { parseInboundMessage, type InboundMessage } from "./inbound-message.ts";
import { whoIs } from "./person.ts";
import { rise } from "./rise.ts";
import { settleContact } from "./settle-contact.ts";
import { isSameJson } from "./stored-json.ts";

export const inboundMessages: ItemKind<InboundMessage> = { key: "messageId", parse: parseInboundMessage, prepare: noteNew, apply: applyMessage };

const CONTACT = { select: { id: true, chatbotContactId: true, name: true } } as const;

/** Most messages are new: one question for all instead of one for each. */
async function noteNew({ transaction, sessionId, newMessageIds }: Batch, items: readonly unknown[]): Promise<void> {
  const ids = items.map((item) => objectOrNull(item)?.["messageId"]).filter((id): id is string => typeof id === "string" && isStorable(id));
  const stored = await transaction.whatsAppMessage.findMany({ where: { sessionId, messageId: { in: ids } }, select: { messageId: true } });
  for (const id of ids) newMessageIds.add(id);
  for (const { messageId } of stored) newMessageIds.delete(messageId);
}

async function applyMessage(batch: Batch, item: InboundMessage): Promise<Applied> {
  const known = await findKnown(batch, item.messageId);
  if (known?.fromMe === true && known.outbox !== null) {
    // Our own send comes back: proof that it went out, and no more.
    const hasRisen = await rise(batch, known, { status: "SENT", at: item.timestamp, errorCode: null, errorMessage: null });
    return { outcome: hasRisen ? "updated" : "unchanged", id: known.id };
  }
  const contact = await meet(batch, item);
  if (known === null) return receive(batch, item, contact);
  return { outcome: (await refresh(batch, known, { item, contact })) ? "updated" : "unchanged", id: known.id };
}

async function findKnown({ transaction, sessionId, newMessageIds }: Batch, messageId: string) {
  if (newMessageIds.delete(messageId)) return null; // a second item of that name finds the first
  return transaction.whatsAppMessage.findUnique({
    where: { sessionId_messageId: { sessionId, messageId } },
    include: { outbox: { select: { id: true } }, whatsappContact: CONTACT },
  });
}

/** The chat's contact, with the pair learnt and the name filled in. */
async function meet(batch: Batch, item: InboundMessage): Promise<WhatsAppContact> {
  const who = whoIs(item.remoteJid, [item.remoteJidAlt]);
  // A push name is the sender's: of a group it would name one of many, of an own message ourselves.
  const name = who.kind === "person" && !item.fromMe ? (item.pushName ?? null) : null;
  const { contact } = await settleContact(batch, who, { name, isLoud: item.source !== "history" });
  if (contact.name !== null || name === null) return contact;
  return batch.transaction.whatsAppContact.update({ where: { id: contact.id }, data: { name } });
}

async function receive(batch: Batch, item: InboundMessage, contact: WhatsAppContact): Promise<Applied> {
  const { transaction, news, tenantId, sessionId } = batch;
  const message = await transaction.whatsAppMessage.create({
    data: {
      sessionId,
      messageId: item.messageId,
      remoteJid: contact.jid,
      whatsappContactId: contact.id,
      fromMe: item.fromMe,
      content: item.content,
      messageType: item.messageType,
      status: firstStatus(item),
      quotedMessageId: item.quotedMessageId ?? null,
      timestamp: item.timestamp,
      ...(item.metadata === null ? {} : { metadata: item.metadata as Prisma.InputJsonObject }),
      mediaMimeType: item.media?.mimeType ?? null,
      mediaSize: item.media?.size ?? null,
    },
  });
  await expectMedia(batch, message, item);
  const touched = await touch(batch, contact, item);
  if (item.source !== "history") news.tell(messageReceived(message, { tenantId, contact: touched }));
  return { outcome: "created", id: message.id };
}

function firstStatus({ fromMe, source, status }: InboundMessage): MessageStatus {
  if (fromMe) return status ?? "SENT";
  return source === "history" ? "READ" : "PENDING";
}

/** The newest message says when and where a contact was last heard of; what just came in is unread. */
async function touch({ transaction, sessionId }: Batch, contact: WhatsAppContact, item: InboundMessage): Promise<WhatsAppContact> {
  const isNewest = contact.lastMessageAt === null || item.timestamp >= contact.lastMessageAt;
  const isUnread = !item.fromMe && item.source === "live";
  if (!isNewest && !isUnread) return contact;
  return transaction.whatsAppContact.update({
    where: { id: contact.id },
    data: { ...(isNewest ? { lastMessageAt: item.timestamp, sessionId } : {}), ...(isUnread ? { unreadCount: { increment: 1 } } : {}) },
  });
}

type Refreshed = { readonly item: InboundMessage; readonly contact: WhatsAppContact };

/** A message that comes again may say more than before; never about its status, and nothing once somebody changed it. */
async function refresh(batch: Batch, known: WhatsAppMessage, { item, contact }: Refreshed): Promise<boolean> {
  await expectMedia(batch, known, item);
  const stored = objectOrNull(known.metadata) ?? {};
  const isSettled = "editedAt" in stored || "deletedAt" in stored;
  const { reactions } = stored;
  const metadata = reactions === undefined ? item.metadata : { ...item.metadata, reactions };
  const isSame = known.content === item.content && known.messageType === item.messageType && isSameJson(known.metadata, metadata);
  const isOrphan = known.whatsappContactId === null;
  if ((isSettled || isSame) && !isOrphan) return false;
  await batch.transaction.whatsAppMessage.update({
    where: { id: known.id },
    data: {
      ...(isSettled
        ? {}
        : {
            content: item.content,
            messageType: item.messageType,
            metadata: metadata === null ? Prisma.DbNull : (metadata as Prisma.InputJsonObject),
          }),
      ...(isOrphan ? { whatsappContactId: contact.id, remoteJid: contact.jid } : {}),
    },
  });
  return true;
}

/** What the worker is going to fetch. */
async function expectMedia({ transaction, tenantId }: Batch, { id: messageRowId }: WhatsAppMessage, { media }: InboundMessage): Promise<void> {
  if (media === undefined) return;
  const { mimeType, size = null, fileName = null, remote } = media;
  await transaction.whatsAppMedia.createMany({
    data: { messageRowId, tenantId, mimeType, size, fileName, remote: remote as Prisma.InputJsonObject },
    skipDuplicates: true,
  });
}
