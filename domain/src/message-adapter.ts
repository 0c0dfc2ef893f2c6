import type { MessageStatus, MessageType } from "./enums.ts";
import { isBroadcast, isNewsletter, parseJid } from "./jid.ts";
import { toChange, type MessageChange } from "./message-changes.ts";
import { readContent, type ContentReading, type MediaDescriptor } from "./message-content.ts";
import { boundMetadata, type MessageMetadata } from "./message-metadata.ts";
import { unwrapContent } from "./message-wrappers.ts";
import type { ContextInfo, Maybe, MessageKey, WhatsappMessage } from "./whatsapp-message.ts";
import { toIsoDate, toNumber, toText } from "./wire-values.ts";

/** How a message reached us: `live` as it was written, `append` an own one from another device, `history` synchronised later. */
export type MessageSource = "live" | "append" | "history";

/** An item of the ingest call `messages` (contract 4.3); to `media` the worker adds how to fetch it. */
export type InboundMessage = {
  readonly messageId: string;
  readonly remoteJid: string;
  readonly remoteJidAlt: string | null;
  readonly participant: string | null;
  readonly participantAlt: string | null;
  readonly fromMe: boolean;
  readonly pushName: string | null;
  readonly timestamp: string;
  readonly source: MessageSource;
  readonly messageType: MessageType;
  readonly content: string | null;
  readonly quotedMessageId: string | null;
  /** Of own messages only. */
  readonly status: MessageStatus | null;
  readonly metadata: MessageMetadata;
  readonly media: MediaDescriptor | null;
};

export type IgnoredReason = "broadcast" | "newsletter" | "address" | "identity" | "timestamp" | "empty" | "protocol";

export type Adapted =
  | { readonly kind: "message"; readonly message: InboundMessage }
  | { readonly kind: "change"; readonly change: MessageChange }
  | { readonly kind: "ignored"; readonly reason: IgnoredReason };

export type AdapterContext = {
  readonly source: MessageSource;
  /** The session's own address: the actor of own reactions, edits and deletions. */
  readonly ownJid: string;
};

/** Normalises a WhatsApp message as the client library delivers it. Total: never throws, whatever the protocol holds. */
export function adaptMessage(raw: WhatsappMessage, context: AdapterContext): Adapted {
  const key = raw.key ?? {};
  const remote = key.remoteJid ?? "";
  if (isBroadcast(remote)) return ignored("broadcast");
  if (isNewsletter(remote)) return ignored("newsletter");
  const remoteJid = parseJid(remote)?.jid;
  if (remoteJid === undefined) return ignored("address");
  const messageId = toText(key.id);
  if (messageId === null) return ignored("identity");
  const timestamp = toIsoDate((toNumber(raw.messageTimestamp) ?? 0) * 1_000);
  if (timestamp === undefined) return ignored("timestamp");
  const content = unwrapContent(raw.message);
  if (content === undefined) return ignored("empty");
  if (content.protocolMessage || content.reactionMessage) {
    const change = toChange(content, { key, remoteJid, timestamp, ownJid: context.ownJid });
    return change === undefined ? ignored("protocol") : { kind: "change", change };
  }
  const reading = readContent(content);
  if (reading === undefined) return ignored("protocol");
  return {
    kind: "message",
    message: { ...envelopeOf(raw, key), messageId, remoteJid, timestamp, source: context.source, ...said(raw, key, reading) },
  };
}

function ignored(reason: IgnoredReason): Adapted {
  return { kind: "ignored", reason };
}

function envelopeOf(raw: WhatsappMessage, key: MessageKey) {
  const fromMe = key.fromMe === true;
  return {
    remoteJidAlt: toJid(key.remoteJidAlt),
    participant: toJid(key.participant),
    participantAlt: toJid(key.participantAlt),
    fromMe,
    pushName: fromMe ? null : toText(raw.pushName),
    status: fromMe ? toStatus(raw.status) : null,
  };
}

function said(raw: WhatsappMessage, key: MessageKey, { messageType, content, metadata, media, contextInfo }: ContentReading) {
  const quotedMessageId = toText(contextInfo?.stanzaId);
  const pushName = key.fromMe === true ? null : toText(raw.pushName);
  const participant = toJid(key.participant);
  const all: MessageMetadata = {
    ...(pushName === null ? {} : { pushName }),
    ...(participant === null ? {} : { participant }),
    ...metadata,
    ...contextOf(contextInfo),
  };
  return { messageType, content, quotedMessageId, metadata: boundMetadata(all), media };
}

function contextOf(contextInfo: Maybe<ContextInfo>): MessageMetadata {
  const mentions = [...new Set((contextInfo?.mentionedJid ?? []).flatMap((jid) => toJid(jid) ?? []))];
  return { ...(mentions.length === 0 ? {} : { mentions }), ...(contextInfo?.isForwarded === true ? { forwarded: true } : {}) };
}

function toJid(text: Maybe<string>): string | null {
  return text ? (parseJid(text)?.jid ?? null) : null;
}

/** The protocol's status of an own message. Played counts as read. */
function toStatus(status: Maybe<number>): MessageStatus | null {
  const names: readonly MessageStatus[] = ["FAILED", "PENDING", "SENT", "DELIVERED", "READ", "READ"];
  return typeof status === "number" ? (names[status] ?? null) : null;
}
