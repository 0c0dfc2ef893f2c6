import type { Address } from "@ipnuo/domain/jid";
import type { OutboxMedia, OutboxText } from "@ipnuo/domain/outbox";
import type { MessageType } from "@ipnuo/domain/enums";
import type { MessageMetadata } from "@ipnuo/domain/message-metadata";
import type { SendScope } from "./send-identity.ts";

/** A file that is part of a send; it gets its final name inside of the transaction that names it. */
export type OrderedFile = {
  readonly sha256: string;
  readonly size: number;
  readonly mimeType: string;
  readonly fileName: string;
  readonly publish: (tenantId: string) => Promise<string>;
};

/** A send that was asked for, validated: what both endpoints have in common, and what to put into rows. */
export type SendOrder = {
  readonly scope: SendScope;
  readonly payloadHash: string;
  readonly requestId: string;
  /** As asked for: a session's key, or the tenant's id. */
  readonly sessionId: string;
  readonly to: Address;
  readonly quotedMessageId: string | undefined;
  readonly senderName: string | undefined;
  readonly messageType: MessageType;
  readonly content: string | null;
  readonly file: OrderedFile | undefined;
};

/** What the worker gets. */
export function payloadOf(order: SendOrder, storageKey: string | undefined): OutboxText | OutboxMedia {
  const { content, messageType, file } = order;
  const addressed = { senderName: order.senderName ?? null, quotedMessageId: order.quotedMessageId ?? null };
  if (file === undefined || storageKey === undefined) return { content: content ?? "", ...addressed };
  const { sha256, mimeType, size, fileName } = file;
  return { messageType, content, storageKey, sha256, mimeType, size, fileName, ...addressed };
}

/** What the message remembers; null when there is nothing. */
export function metadataOf({ senderName, file }: SendOrder): MessageMetadata | null {
  const metadata = { ...(senderName === undefined ? {} : { senderName }), ...(file === undefined ? {} : { fileName: file.fileName }) };
  return Object.keys(metadata).length === 0 ? null : metadata;
}
