import { z } from "zod";
import { conversationStatus, messageType } from "./enums.ts";
import { count, date, id, phoneDigits, userRef } from "./values.ts";

/**
 * Realtime events (contract 5.2): keys in the contract's order, then the envelope. Dates are ISO strings, except `timestamp`:
 * epoch milliseconds of the emission.
 */

const envelope = { sessionId: z.string(), tenantId: id, timestamp: z.int() };
/** On user channels the contact may have no session. */
const userEnvelope = { ...envelope, sessionId: z.string().nullable() };

export const connectionStatus = z.enum(["connected", "disconnected", "connecting", "qr_required", "error"]);

const messageBase = {
  id,
  messageId: z.string(),
  remoteJid: z.string(),
  fromMe: z.boolean(),
  content: z.string().nullable(),
  contentTruncated: z.boolean(),
  messageType,
  contactId: id.nullable(),
  whatsappContactId: id.nullable(),
  contactName: z.string().nullable(),
};

const messageReference = { messageId: z.string(), remoteJid: z.string(), contactId: id.nullable(), whatsappContactId: id.nullable() };

const transferReference = { requestId: id, contactId: id, contactName: z.string().nullable() };

export const EVENTS = {
  "qr.code": z.object({ qr: z.string(), ...envelope }),
  "pairing.code": z.object({ code: z.string(), ...envelope }),
  "connection.update": z.object({
    status: connectionStatus,
    connection: z.enum(["open", "connecting", "close"]),
    phoneNumber: phoneDigits.nullable(),
    accountName: z.string().nullable(),
    reason: z.string().nullable(),
    lastDisconnect: z.object({ error: z.object({ message: z.string(), statusCode: z.int().nullable() }) }).nullable(),
    ...envelope,
  }),
  "message.queued": z.object({ ...messageBase, status: z.literal("PENDING"), senderId: z.string().nullable(), ...envelope }),
  "message.sent": z.object({ ...messageBase, status: z.literal("SENT"), ...envelope }),
  "message.received": z.object({ ...messageBase, ...envelope }),
  /** Exactly one of deliveredAt, readAt and errorMessage; the others are absent. */
  "message.status": z.object({
    ...messageReference,
    status: z.enum(["DELIVERED", "READ", "FAILED"]),
    deliveredAt: date.optional(),
    readAt: date.optional(),
    errorMessage: z.string().optional(),
    ...envelope,
  }),
  "message.reaction": z.object({ ...messageReference, from: z.string(), emoji: z.string().nullable(), ...envelope }),
  "message.edited": z.object({
    ...messageReference,
    content: z.string().nullable(),
    contentTruncated: z.boolean(),
    editedAt: date,
    ...envelope,
  }),
  "message.deleted": z.object({ ...messageReference, deletedAt: date, ...envelope }),
  "media.processed": z.object({
    id,
    messageId: z.string(),
    remoteJid: z.string(),
    state: z.enum(["STORED", "FAILED", "EXPIRED"]),
    mediaUrl: z.string().nullable(),
    mediaMimeType: z.string().nullable(),
    mediaSize: count.nullable(),
    ...envelope,
  }),
  "contact.created": z.object({
    contactId: id,
    whatsappContactId: id,
    jid: z.string(),
    name: z.string().nullable(),
    phoneNumber: phoneDigits.nullable(),
    isGroup: z.boolean(),
    ...envelope,
  }),
  "contact.updated": z.object({
    contactId: id,
    whatsappContactId: id,
    jid: z.string(),
    unreadCount: count,
    lastMessageAt: date.nullable(),
    lastMessagePreview: z.string().nullable(),
    name: z.string().nullable(),
    userId: id.nullable(),
    sessionStatus: conversationStatus,
    ...envelope,
  }),
  "group.updated": z.object({ jid: z.string(), contactId: id, name: z.string().nullable(), participantCount: count, ...envelope }),
  "group.participants": z.object({
    jid: z.string(),
    contactId: id,
    action: z.enum(["add", "remove", "promote", "demote"]),
    participants: z.array(z.string()).max(100),
    ...envelope,
  }),
  "transfer-request:new": z.object({
    ...transferReference,
    fromUser: userRef.nullable(),
    toUser: userRef.nullable(),
    message: z.string().nullable(),
    createdAt: date,
    ...userEnvelope,
  }),
  "transfer-request:approved": z.object({ ...transferReference, notes: z.string().nullable(), ...userEnvelope }),
  "transfer-request:denied": z.object({ ...transferReference, notes: z.string().nullable(), ...userEnvelope }),
  "transfer-request:transferred": z.object({ ...transferReference, transferredTo: userRef.nullable(), ...userEnvelope }),
  "transfer-request:cancelled": z.object({ ...transferReference, ...userEnvelope }),
} as const;

export type EventName = keyof typeof EVENTS;
/** What travels, with the time of the emission. */
export type EventPayload<Name extends EventName> = z.infer<(typeof EVENTS)[Name]>;
/** What is known when the fact is committed. */
export type EventData<Name extends EventName> = Name extends EventName ? Omit<EventPayload<Name>, "timestamp"> : never;
