import { cutContent, cutErrorMessage, cutName, previewOf, type Emission } from "./emission.ts";
import type { ConversationStatus, MessageType } from "./enums.ts";
import { onSession, type SessionFact } from "./event-payloads.ts";
import type { EventData } from "./events.ts";

/** Emissions of messages, media and contacts, from the rows they are about. */

/** The contact of a message, as far as events show it. */
export type ContactOfMessage = { readonly id: string; readonly chatbotContactId: string | null; readonly name: string | null };

export type MessageFact = SessionFact & {
  readonly id: string;
  readonly messageId: string;
  readonly remoteJid: string;
  readonly fromMe: boolean;
  readonly content: string | null;
  readonly messageType: MessageType;
  readonly contact: ContactOfMessage | null;
};

/** The id the chat list knows: the chatbot contact's when linked. */
export function listIdOf(contact: { readonly id: string; readonly chatbotContactId: string | null } | null): string | null {
  return contact === null ? null : (contact.chatbotContactId ?? contact.id);
}

function messageBase(message: MessageFact) {
  const { id, messageId, remoteJid, fromMe, messageType, contact } = message;
  return {
    id,
    messageId,
    remoteJid,
    fromMe,
    ...cutContent(message.content),
    messageType,
    contactId: listIdOf(contact),
    whatsappContactId: contact?.id ?? null,
    contactName: cutName(contact?.name ?? null),
  };
}

export function messageQueued(message: MessageFact, senderId: string | null): Emission {
  return onSession(message, "message.queued", { ...messageBase(message), status: "PENDING", senderId });
}

export function messageSent(message: MessageFact): Emission {
  return onSession(message, "message.sent", { ...messageBase(message), status: "SENT" });
}

export function messageReceived(message: MessageFact): Emission {
  return onSession(message, "message.received", messageBase(message));
}

export type MessageReference = SessionFact & {
  readonly messageId: string;
  readonly remoteJid: string;
  readonly contact: { readonly id: string; readonly chatbotContactId: string | null } | null;
};

function referenceTo({ messageId, remoteJid, contact }: MessageReference) {
  return { messageId, remoteJid, contactId: listIdOf(contact), whatsappContactId: contact?.id ?? null };
}

/** Exactly one stamp, the one of the status. */
export type RisenStatus =
  | { readonly status: "DELIVERED"; readonly deliveredAt: string }
  | { readonly status: "READ"; readonly readAt: string }
  | { readonly status: "FAILED"; readonly errorMessage: string };

export function messageStatusChanged(message: MessageReference, risen: RisenStatus): Emission {
  const stamp = risen.status === "FAILED" ? { ...risen, errorMessage: cutErrorMessage(risen.errorMessage) } : risen;
  return onSession(message, "message.status", { ...referenceTo(message), ...stamp });
}

/** `emoji` null: the reaction was removed. */
export function messageReacted(message: MessageReference, from: string, emoji: string | null): Emission {
  return onSession(message, "message.reaction", { ...referenceTo(message), from, emoji });
}

export function messageEdited(message: MessageReference, content: string | null, editedAt: string): Emission {
  return onSession(message, "message.edited", { ...referenceTo(message), ...cutContent(content), editedAt });
}

export function messageDeleted(message: MessageReference, deletedAt: string): Emission {
  return onSession(message, "message.deleted", { ...referenceTo(message), deletedAt });
}

export type MediaFact = SessionFact & Omit<EventData<"media.processed">, "sessionId" | "tenantId">;

export function mediaProcessed({ tenantId, sessionId, ...data }: MediaFact): Emission {
  const { id, messageId, remoteJid, state, mediaUrl, mediaMimeType, mediaSize } = data;
  return onSession({ tenantId, sessionId }, "media.processed", { id, messageId, remoteJid, state, mediaUrl, mediaMimeType, mediaSize });
}

/** A contact as events see it, with its newest message. */
export type ContactFact = {
  readonly tenantId: string;
  /** Null: there is no channel to tell it on. */
  readonly sessionId: string | null;
  readonly id: string;
  readonly chatbotContactId: string | null;
  readonly jid: string;
  readonly phoneNumber: string | null;
  readonly isGroup: boolean;
  readonly name: string | null;
  readonly unreadCount: number;
  readonly lastMessageAt: string | null;
  readonly newestMessage: { readonly content: string | null; readonly messageType: MessageType } | undefined;
  readonly userId: string | null;
  readonly sessionStatus: ConversationStatus;
};

export function contactCreated(contact: ContactFact): Emission | undefined {
  const { tenantId, sessionId, id, jid, phoneNumber, isGroup } = contact;
  if (sessionId === null) return undefined;
  const data = { contactId: contact.chatbotContactId ?? id, whatsappContactId: id, jid, name: cutName(contact.name), phoneNumber, isGroup };
  return onSession({ tenantId, sessionId }, "contact.created", data);
}

/** Undefined when no key of the payload changed, or when the contact has no session whose channel could tell it. */
export function contactUpdated(before: ContactFact | undefined, after: ContactFact): Emission | undefined {
  const { tenantId, sessionId } = after;
  const data = updatedKeys(after);
  const isUnchanged = before !== undefined && JSON.stringify(updatedKeys(before)) === JSON.stringify(data);
  return sessionId === null || isUnchanged ? undefined : onSession({ tenantId, sessionId }, "contact.updated", data);
}

function updatedKeys(contact: ContactFact) {
  return {
    contactId: contact.chatbotContactId ?? contact.id,
    whatsappContactId: contact.id,
    jid: contact.jid,
    unreadCount: contact.unreadCount,
    lastMessageAt: contact.lastMessageAt,
    lastMessagePreview: previewOf(contact.newestMessage),
    name: cutName(contact.name),
    userId: contact.userId,
    sessionStatus: contact.sessionStatus,
  };
}

export type GroupFact = SessionFact & {
  readonly jid: string;
  readonly id: string;
  readonly chatbotContactId: string | null;
  readonly name: string | null;
};

export function groupUpdated(group: GroupFact, participantCount: number): Emission {
  return onSession(group, "group.updated", {
    jid: group.jid,
    contactId: group.chatbotContactId ?? group.id,
    name: cutName(group.name),
    participantCount,
  });
}

const MAX_PARTICIPANTS = 100;

export function groupParticipants(group: GroupFact, action: EventData<"group.participants">["action"], participants: readonly string[]): Emission {
  const sorted = participants.toSorted().slice(0, MAX_PARTICIPANTS);
  return onSession(group, "group.participants", { jid: group.jid, contactId: group.chatbotContactId ?? group.id, action, participants: sorted });
}
