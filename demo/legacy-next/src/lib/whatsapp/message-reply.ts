import type { Message } from "@ipnuo/domain/message";
import type { WhatsAppMessage } from "../../../generated/prisma/client.ts";
import { dateOrNull, objectOrNull } from "./wire.ts";

/** The author of automatic replies: no user. */
export const SYSTEM_SENDER = "whatsapp-system";

type UserRow = { readonly id: string; readonly name: string | null; readonly email: string };
export type UsersById = ReadonlyMap<string, UserRow>;

/** What a message may tell about itself. Rows of older versions hold raw protocol messages beside it; those stay here. */
const METADATA_KEYS: ReadonlySet<string> = new Set([
  "pushName",
  "participant",
  "senderName",
  "fileName",
  "location",
  "contacts",
  "poll",
  "selectedId",
  "seconds",
  "width",
  "height",
  "mentions",
  "forwarded",
  "reactions",
  "editedAt",
  "deletedAt",
  "unsupported",
]);

export function toMessage(row: WhatsAppMessage, users: UsersById): Message {
  const sender = row.senderId === null || row.senderId === SYSTEM_SENDER ? undefined : users.get(row.senderId);
  return {
    id: row.id,
    sessionId: row.sessionId,
    messageId: row.messageId,
    remoteJid: row.remoteJid,
    whatsappContactId: row.whatsappContactId,
    fromMe: row.fromMe,
    content: row.content === "" ? null : row.content,
    messageType: row.messageType,
    status: row.status,
    mediaUrl: row.mediaUrl,
    mediaMimeType: row.mediaMimeType,
    mediaSize: row.mediaSize,
    thumbnailUrl: row.thumbnailUrl,
    quotedMessageId: row.quotedMessageId,
    timestamp: row.timestamp.toISOString(),
    deliveredAt: dateOrNull(row.deliveredAt),
    readAt: dateOrNull(row.readAt),
    errorMessage: row.errorMessage,
    metadata: publicMetadata(row.metadata),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    senderId: row.senderId,
    users: sender === undefined ? null : { id: sender.id, name: sender.name, email: sender.email },
  };
}

function publicMetadata(metadata: unknown): Record<string, unknown> | null {
  const stored = objectOrNull(metadata);
  return stored === null ? null : Object.fromEntries(Object.entries(stored).filter(([key]) => METADATA_KEYS.has(key)));
}
