import type { MessageStatus, MessageType } from "@ipnuo/domain/enums";
import { storedChanges } from "@ipnuo/domain/message-history";
import {
  mediaProcessed,
  messageDeleted,
  messageEdited,
  messageQueued,
  messageReacted,
  messageReceived,
  messageSent,
  messageStatusChanged,
  type MessageFact,
} from "@ipnuo/domain/message-event-payloads";
import { provesDispatch } from "@ipnuo/domain/message-status";
import { toWireDate } from "../runtime/sql.ts";
import { derived, factNotFound, newestOf, notDerivable, type BusinessKey, type Derivation } from "./derivation.ts";

/** A message with its contact and media, as far as events show them. */
export type MessageRow = {
  readonly sessionId: string;
  readonly tenantId: string;
  readonly id: string;
  readonly messageId: string;
  readonly remoteJid: string;
  readonly fromMe: boolean;
  readonly content: string | null;
  readonly messageType: MessageType;
  readonly status: MessageStatus;
  readonly deliveredAt: Date | null;
  readonly readAt: Date | null;
  readonly errorMessage: string | null;
  readonly mediaMimeType: string | null;
  readonly mediaSize: number | null;
  readonly metadata: unknown;
  readonly senderId: string | null;
  readonly updatedAt: Date;
  /** It went through our outbox. */
  readonly isQueued: boolean;
  readonly contactId: string | null;
  readonly contactJid: string | null;
  readonly contactName: string | null;
  readonly chatbotContactId: string | null;
  readonly contactUpdatedAt: Date | null;
  readonly mediaState: "PENDING" | "STORED" | "FAILED" | "EXPIRED" | null;
  readonly mediaUpdatedAt: Date | null;
};

export function deriveQueued(row: MessageRow): Derivation {
  return row.isQueued ? derived(asOf(row), messageQueued(toFact(row), row.senderId)) : factNotFound(asOf(row));
}

/** A message that went further was sent before. */
export function deriveSent(row: MessageRow): Derivation {
  return row.fromMe && provesDispatch(row.status) ? derived(asOf(row), messageSent(toFact(row))) : factNotFound(asOf(row));
}

export function deriveReceived(row: MessageRow): Derivation {
  if (row.isQueued) return factNotFound(asOf(row));
  return derived(asOf(row), messageReceived({ ...toFact(row), remoteJid: row.contactJid ?? row.remoteJid }));
}

/** A stamp stays when the status rises further; an error goes. */
export function deriveStatus(row: MessageRow, key: BusinessKey): Derivation {
  const at = asOf(row);
  const fact = toFact(row);
  if (!row.fromMe) return factNotFound(at);
  switch (key.status?.toUpperCase()) {
    case "DELIVERED":
      if (row.deliveredAt === null) return factNotFound(at);
      return derived(at, messageStatusChanged(fact, { status: "DELIVERED", deliveredAt: toWireDate(row.deliveredAt) }));
    case "READ":
      if (row.readAt === null) return factNotFound(at);
      return derived(at, messageStatusChanged(fact, { status: "READ", readAt: toWireDate(row.readAt) }));
    case "FAILED":
      if (row.status !== "FAILED") return provesDispatch(row.status) ? notDerivable(at) : factNotFound(at);
      return derived(at, messageStatusChanged(fact, { status: "FAILED", errorMessage: row.errorMessage ?? "" }));
    default:
      return factNotFound(at);
  }
}

/** Who has no reaction any more took it back. */
export function deriveReaction(row: MessageRow, { from }: BusinessKey): Derivation {
  if (from === undefined) return factNotFound(asOf(row));
  const { reactions } = storedChanges(row.metadata);
  const emoji = reactions.find((each) => each.from === from)?.emoji ?? null;
  return derived(asOf(row), messageReacted(toFact(row), from, emoji));
}

/** What was deleted since has lost what it was edited to. */
export function deriveEdited(row: MessageRow): Derivation {
  const { editedAt, deletedAt } = storedChanges(row.metadata);
  if (editedAt === undefined) return factNotFound(asOf(row));
  return deletedAt === undefined ? derived(asOf(row), messageEdited(toFact(row), row.content, editedAt)) : notDerivable(asOf(row));
}

export function deriveDeleted(row: MessageRow): Derivation {
  const { deletedAt } = storedChanges(row.metadata);
  return deletedAt === undefined ? factNotFound(asOf(row)) : derived(asOf(row), messageDeleted(toFact(row), deletedAt));
}

/** STORED is final; the other states may have become it. The media of our own sends is stored from the start, and not told. */
export function deriveMedia(row: MessageRow, key: BusinessKey): Derivation {
  const at = newestOf(asOf(row), row.mediaUpdatedAt);
  const state = key.state?.toUpperCase();
  if (row.isQueued || (state !== "STORED" && state !== "FAILED" && state !== "EXPIRED")) return factNotFound(at);
  if (state !== row.mediaState) return row.mediaState === "STORED" ? notDerivable(at) : factNotFound(at);
  const { id, messageId, remoteJid, sessionId, tenantId, mediaMimeType, mediaSize } = row;
  const mediaUrl = state === "STORED" ? `/api/whatsapp/media/${id}` : null;
  return derived(at, mediaProcessed({ sessionId, tenantId, id, messageId, remoteJid, state, mediaUrl, mediaMimeType, mediaSize }));
}

function toFact(row: MessageRow): MessageFact {
  const { contactId, chatbotContactId, contactName } = row;
  return {
    ...row,
    content: row.content === "" ? null : row.content,
    contact: contactId === null ? null : { id: contactId, chatbotContactId, name: contactName },
  };
}

function asOf({ updatedAt, contactUpdatedAt }: MessageRow): Date {
  return newestOf(updatedAt, contactUpdatedAt);
}
