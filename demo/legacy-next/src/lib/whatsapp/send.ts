import type { Message } from "@ipnuo/domain/message";
import type { Prisma, WhatsAppMessage, WhatsAppMessageType } from "../../../generated/prisma/client.ts";
import { database } from "../database.ts";
import { badFields, conflict } from "../http/api-error.ts";
import type { Member } from "../http/member.ts";
import { Reply } from "../http/reply.ts";
import type { Asked } from "../http/respond.ts";
import { contactCreated, contactUpdated } from "../realtime/contact-events.ts";
import { messageQueued } from "../realtime/message-events.ts";
import { commit, notify, type Transaction } from "../transaction.ts";
import { ensureChatContact } from "./chat-contact.ts";
import { readContactFact } from "./contact-fact.ts";
import { toMessage } from "./message-reply.ts";
import type { SendFields } from "./send-fields.ts";
import { whatsAppMessageId, type SendScope } from "./send-identity.ts";
import { againWhenBeaten, findEarlier, orInProgress, scopeOf, SEND_LIMITS, waitForTurn } from "./send-once.ts";
import { findSendSession, type SendSession } from "./send-session.ts";

/** A validated send. */
export type Send = {
  readonly endpoint: SendScope["endpoint"];
  readonly key: string | undefined;
  readonly payloadHash: string;
  readonly fields: SendFields;
  readonly content: string | null;
  readonly messageType: WhatsAppMessageType;
  /** Of the outbox row, beside content and manner. */
  readonly media?: SendMedia;
};

type SendMedia = {
  readonly fileName: string;
  readonly row: Omit<Prisma.WhatsAppMediaUncheckedCreateInput, "messageRowId" | "tenantId">;
  /** Puts the file where the row says it is: done last, so that a refused send leaves none. */
  readonly publish: () => Promise<void>;
};

/** Accepts a send: message, outbox row and what follows, once per key. The worker does the sending. */
export async function send(member: Member, request: Send, asked: Asked): Promise<Reply> {
  const scope = scopeOf({ tenantId: member.tenantId, userId: member.userId, endpoint: request.endpoint }, request.key);
  const { message, isReplay } = await againWhenBeaten(() => commit(asked, (transaction) => accept(transaction, scope, request), SEND_LIMITS));
  const users = await database().user.findMany({
    where: { id: member.userId, tenantId: member.tenantId },
    select: { id: true, name: true, email: true },
  });
  const reply: { success: true; message: Message } = { success: true, message: toMessage(message, new Map(users.map((user) => [user.id, user]))) };
  return new Reply(reply, isReplay ? { "Idempotent-Replayed": "true" } : {});
}

async function accept(transaction: Transaction, scope: SendScope, request: Send) {
  const { tenantId } = scope;
  await waitForTurn(transaction, scope);
  const earlier = await findEarlier(transaction, scope, request.payloadHash);
  if (earlier !== undefined) return { result: { message: earlier, isReplay: true } };

  const { toJid: address, sessionId, quotedMessageId } = request.fields;
  const session = await findSendSession(transaction, tenantId, sessionId);
  if (quotedMessageId !== undefined) await assertQuotable(transaction, { tenantId, session, address, quotedMessageId });
  if (!session.canSend) throw conflict("Session is not connected");

  const { contact, isNew } = await ensureChatContact(transaction, { tenantId, sessionId: session.sessionId, address });
  const before = await readContactFact(transaction, contact.id);
  const message = await store(transaction, { scope, request, session, contactId: contact.id, chatJid: contact.jid });
  await touchContact(transaction, message, contact.lastMessageAt);
  await notify(transaction, "whatsapp_outbox", session.sessionId);
  const after = await readContactFact(transaction, contact.id);
  await request.media?.publish();
  return {
    result: { message, isReplay: false },
    emissions: [...(isNew ? contactCreated(contact) : []), messageQueued(message, { tenantId, contact }), ...contactUpdated(before, after)],
  };
}

type Quote = { readonly tenantId: string; readonly session: SendSession; readonly address: string; readonly quotedMessageId: string };

/** What is quoted stands in that chat. */
async function assertQuotable(transaction: Transaction, { tenantId, session, address, quotedMessageId }: Quote): Promise<void> {
  const quoted = await transaction.whatsAppMessage.findFirst({
    where: {
      sessionId: session.sessionId,
      messageId: quotedMessageId,
      OR: [{ remoteJid: address }, { whatsappContact: { tenantId, OR: [{ pn: address }, { lid: address }, { jid: address }] } }],
    },
    select: { id: true },
  });
  if (quoted === null) throw badFields(["quotedMessageId is invalid"]);
}

type Accepted = {
  readonly scope: SendScope;
  readonly request: Send;
  readonly session: SendSession;
  readonly contactId: string;
  readonly chatJid: string;
};

async function store(transaction: Transaction, { scope, request, session, contactId, chatJid }: Accepted): Promise<WhatsAppMessage> {
  const { tenantId, userId, endpoint, key } = scope;
  const { fields, content, media } = request;
  const metadata = {
    ...(fields.senderName === undefined ? {} : { senderName: fields.senderName }),
    ...(media === undefined ? {} : { fileName: media.fileName }),
  };
  const created = await orInProgress(() =>
    transaction.whatsAppMessage.create({
      data: {
        sessionId: session.sessionId,
        messageId: whatsAppMessageId(scope, session.sendSecret),
        remoteJid: chatJid,
        whatsappContactId: contactId,
        fromMe: true,
        content,
        messageType: request.messageType,
        quotedMessageId: fields.quotedMessageId ?? null,
        timestamp: new Date(),
        ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
        senderId: userId,
      },
    }),
  );
  const message = media === undefined ? created : await storeMedia(transaction, { tenantId, messageRowId: created.id, media });
  await orInProgress(() =>
    transaction.whatsAppOutbox.create({
      data: {
        tenantId,
        sessionId: session.sessionId,
        messageRowId: message.id,
        userId,
        endpoint,
        idempotencyKey: key,
        payloadHash: request.payloadHash,
        chatJid,
        kind: media === undefined ? "text" : "media",
        payload: toPayload(request),
      },
    }),
  );
  return message;
}

type Stored = { readonly tenantId: string; readonly messageRowId: string; readonly media: SendMedia };

async function storeMedia(transaction: Transaction, { tenantId, messageRowId, media: { row } }: Stored): Promise<WhatsAppMessage> {
  await transaction.whatsAppMedia.create({ data: { ...row, tenantId, messageRowId } });
  return transaction.whatsAppMessage.update({
    where: { id: messageRowId },
    data: { mediaUrl: `/api/whatsapp/media/${messageRowId}`, mediaMimeType: row.mimeType ?? null, mediaSize: row.size ?? null },
  });
}

/** What the worker needs to send, without reading the message. */
function toPayload({ fields, content, messageType, media }: Send): Prisma.InputJsonObject {
  const manner = { senderName: fields.senderName ?? null, quotedMessageId: fields.quotedMessageId ?? null };
  if (media === undefined) return { content, ...manner };
  const { fileName, row } = media;
  const { storageKey = null, sha256 = null, mimeType = null, size = null } = row;
  return { messageType, content, storageKey, sha256, mimeType, size, fileName, ...manner };
}

/** The newest message says when and from which session a contact was last heard of. */
async function touchContact(
  transaction: Transaction,
  { whatsappContactId, timestamp, sessionId }: WhatsAppMessage,
  last: Date | null,
): Promise<void> {
  if (whatsappContactId === null || (last !== null && last > timestamp)) return;
  await transaction.whatsAppContact.update({ where: { id: whatsappContactId }, data: { lastMessageAt: timestamp, sessionId } });
}
