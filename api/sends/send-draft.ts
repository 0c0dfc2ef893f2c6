import type { MessageMetadata } from "@ipnuo/domain/message-metadata";
import { metadataOf, type SendOrder } from "./send-order.ts";
import { whatsappIdOf } from "./send-identity.ts";
import type { SendSession } from "./send-sessions.repository.ts";

/** Where and when a message is put down. */
export type SendPlace = { readonly session: SendSession; readonly contactId: string; readonly chatJid: string; readonly now: Date };

/** A dry run knows no id for a contact that is new. */
export type DraftPlace = Omit<SendPlace, "contactId"> & { readonly contactId: string | null };

/** What an accepted send's message says, as its row and the reply have it. */
export function draftMessage(order: SendOrder, { session, contactId, chatJid, now }: DraftPlace) {
  const metadata: MessageMetadata | null = metadataOf(order);
  return {
    sessionId: session.sessionId,
    messageId: whatsappIdOf(session.sendSecret, order.scope),
    remoteJid: chatJid,
    whatsappContactId: contactId,
    fromMe: true,
    content: order.content,
    messageType: order.messageType,
    quotedMessageId: order.quotedMessageId ?? null,
    timestamp: now,
    metadata,
    senderId: order.scope.userId,
    mediaMimeType: order.file?.mimeType ?? null,
    mediaSize: order.file?.size ?? null,
  };
}

/** What an accepted send's outbox row says, beside the payload. */
export function draftOutbox({ scope, payloadHash, file }: SendOrder, { session, chatJid }: DraftPlace) {
  const { tenantId, userId, endpoint, key } = scope;
  return {
    tenantId,
    sessionId: session.sessionId,
    userId,
    endpoint,
    idempotencyKey: key,
    payloadHash,
    chatJid,
    kind: file === undefined ? ("text" as const) : ("media" as const),
  };
}
