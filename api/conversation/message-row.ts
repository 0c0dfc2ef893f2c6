import type { MessageStatus, MessageType } from "@ipnuo/domain/enums";
import type { Message } from "@ipnuo/domain/message";
import { toReturnedMetadata } from "@ipnuo/domain/message-metadata";
import { toWireDate, toWireDateOrNull } from "../runtime/sql.ts";

/** A message with its sender, when that is a user of the tenant. */
export type MessageRow = {
  readonly id: string;
  readonly sessionId: string;
  readonly messageId: string;
  readonly remoteJid: string;
  readonly whatsappContactId: string | null;
  readonly fromMe: boolean;
  readonly content: string | null;
  readonly messageType: MessageType;
  readonly status: MessageStatus;
  readonly mediaUrl: string | null;
  readonly mediaMimeType: string | null;
  readonly mediaSize: number | null;
  readonly thumbnailUrl: string | null;
  readonly quotedMessageId: string | null;
  readonly timestamp: Date;
  readonly deliveredAt: Date | null;
  readonly readAt: Date | null;
  readonly errorMessage: string | null;
  readonly metadata: unknown;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly senderId: string | null;
  readonly userId: string | null;
  readonly userName: string | null;
  readonly userEmail: string | null;
};

/** A message as the contract shows it (3.1). */
export function toMessage(row: MessageRow): Message {
  return {
    id: row.id,
    sessionId: row.sessionId,
    messageId: row.messageId,
    remoteJid: row.remoteJid,
    whatsappContactId: row.whatsappContactId,
    fromMe: row.fromMe,
    // Never "": rows from before the rule hold it.
    content: row.content === "" ? null : row.content,
    messageType: row.messageType,
    status: row.status,
    mediaUrl: row.mediaUrl,
    mediaMimeType: row.mediaMimeType,
    mediaSize: row.mediaSize,
    thumbnailUrl: row.thumbnailUrl,
    quotedMessageId: row.quotedMessageId,
    timestamp: toWireDate(row.timestamp),
    deliveredAt: toWireDateOrNull(row.deliveredAt),
    readAt: toWireDateOrNull(row.readAt),
    errorMessage: row.errorMessage,
    metadata: toReturnedMetadata(row.metadata),
    createdAt: toWireDate(row.createdAt),
    updatedAt: toWireDate(row.updatedAt),
    senderId: row.senderId,
    users: row.userId === null ? null : { id: row.userId, name: row.userName, email: row.userEmail },
  };
}
