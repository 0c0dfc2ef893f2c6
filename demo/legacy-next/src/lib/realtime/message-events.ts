import type { WhatsAppContact, WhatsAppMedia, WhatsAppMessage } from "../../../generated/prisma/client.ts";
import { listedContactId } from "./contact-events.ts";
import { sessionChannel, type Emission } from "./emission.ts";

type Contact = Pick<WhatsAppContact, "id" | "chatbotContactId" | "name"> | null;
type Message = Pick<WhatsAppMessage, "id" | "sessionId" | "messageId" | "remoteJid" | "fromMe" | "content" | "messageType" | "senderId">;
type Where = { readonly tenantId: string; readonly contact: Contact };

/** An own message and its outbox row were stored. */
export const messageQueued = (message: Message, where: Where): Emission =>
  emission("message.queued", message, where, { ...base(message, where.contact), status: "PENDING", senderId: message.senderId });

/** An own message that we had queued became SENT. */
export const messageSent = (message: Message, where: Where): Emission =>
  emission("message.sent", message, where, { ...base(message, where.contact), status: "SENT" });

/** A row was stored from live or append that was not queued by us. */
export const messageReceived = (message: Message, where: Where): Emission =>
  emission("message.received", message, where, base(message, where.contact));

type Risen =
  | { readonly status: "DELIVERED"; readonly deliveredAt: Date }
  | { readonly status: "READ"; readonly readAt: Date }
  | { readonly status: "FAILED"; readonly errorMessage: string };

/** An own message's status rose; the stamp of the new status alone goes with it. */
export const messageStatus = (message: Message, where: Where, risen: Risen): Emission =>
  emission("message.status", message, where, { ...target(message, where.contact), ...risen });

/** `emoji` null: taken back. */
export const messageReaction = (message: Message, where: Where, reaction: { readonly from: string; readonly emoji: string | null }): Emission =>
  emission("message.reaction", message, where, { ...target(message, where.contact), from: reaction.from, emoji: reaction.emoji });

export const messageEdited = (message: Message, where: Where, editedAt: Date): Emission =>
  emission("message.edited", message, where, {
    ...target(message, where.contact),
    content: message.content,
    contentTruncated: false,
    editedAt,
  });

export const messageDeleted = (message: Message, where: Where, deletedAt: Date): Emission =>
  emission("message.deleted", message, where, { ...target(message, where.contact), deletedAt });

type Processed = { readonly state: WhatsAppMedia["state"] } & Pick<WhatsAppMessage, "mediaUrl" | "mediaMimeType" | "mediaSize">;

export const mediaProcessed = (message: Message, where: Where, { state, mediaUrl, mediaMimeType, mediaSize }: Processed): Emission =>
  emission("media.processed", message, where, {
    id: message.id,
    messageId: message.messageId,
    remoteJid: message.remoteJid,
    state,
    mediaUrl,
    mediaMimeType,
    mediaSize,
  });

/** What every event about a whole message holds. `contentTruncated` is decided where the size is known (`toWire`). */
function base(message: Message, contact: Contact): Emission["data"] {
  return {
    id: message.id,
    messageId: message.messageId,
    remoteJid: message.remoteJid,
    fromMe: message.fromMe,
    content: message.content === "" ? null : message.content,
    contentTruncated: false,
    messageType: message.messageType,
    ...contactIds(contact),
    contactName: contact?.name ?? null,
  };
}

function target(message: Message, contact: Contact): Emission["data"] {
  return { messageId: message.messageId, remoteJid: message.remoteJid, ...contactIds(contact) };
}

function contactIds(contact: Contact): Emission["data"] {
  return { contactId: contact === null ? null : listedContactId(contact), whatsappContactId: contact?.id ?? null };
}

function emission(event: string, { sessionId }: Message, { tenantId }: Where, data: Emission["data"]): Emission {
  return { channel: sessionChannel(sessionId), event, data, sessionId, tenantId };
}
