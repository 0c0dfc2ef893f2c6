import { parseJid } from "./jid.ts";
import { readContent } from "./message-content.ts";
import { unwrapContent } from "./message-wrappers.ts";
import type { MessageContent, MessageKey, ProtocolMessage, ReactionMessage } from "./whatsapp-message.ts";
import { toIsoDate, toNumber, toText } from "./wire-values.ts";

/** An item of the ingest call `messages/changes` (contract 4.1), with the chat it is in. */
export type MessageChange = {
  /** The message that changes. */
  readonly messageId: string;
  readonly remoteJid: string;
  readonly actorJid: string;
  readonly at: string;
} & (
  | { readonly kind: "reaction"; /** null removes it */ readonly emoji: string | null }
  | { readonly kind: "edit"; readonly content: string | null }
  | { readonly kind: "delete" }
);

/** Of the message that carries the change. */
export type ChangeCarrier = { readonly key: MessageKey; readonly remoteJid: string; readonly timestamp: string; readonly ownJid: string };

const REVOKE = 0;
const EDIT = 14;

/** What a reaction or protocol message does to another message; undefined for the protocol's housekeeping. */
export function toChange(content: MessageContent, carrier: ChangeCarrier): MessageChange | undefined {
  const actorJid = actorOf(carrier);
  if (actorJid === undefined) return undefined;
  if (content.reactionMessage) return toReaction(content.reactionMessage, carrier, actorJid);
  return content.protocolMessage ? toEditOrDelete(content.protocolMessage, carrier, actorJid) : undefined;
}

function toReaction(reaction: ReactionMessage, { remoteJid, timestamp }: ChangeCarrier, actorJid: string): MessageChange | undefined {
  const messageId = toText(reaction.key?.id);
  if (messageId === null) return undefined;
  const at = toIsoDate(toNumber(reaction.senderTimestampMs)) ?? timestamp;
  return { messageId, remoteJid, actorJid, at, kind: "reaction", emoji: toText(reaction.text) };
}

function toEditOrDelete(protocol: ProtocolMessage, { remoteJid, timestamp }: ChangeCarrier, actorJid: string): MessageChange | undefined {
  const messageId = toText(protocol.key?.id);
  if (messageId === null) return undefined;
  const at = toIsoDate(toNumber(protocol.timestampMs)) ?? timestamp;
  if (protocol.type === REVOKE) return { messageId, remoteJid, actorJid, at, kind: "delete" };
  const edited = protocol.type === EDIT ? unwrapContent(protocol.editedMessage) : undefined;
  if (edited === undefined) return undefined;
  return { messageId, remoteJid, actorJid, at, kind: "edit", content: readContent(edited)?.content ?? null };
}

function actorOf({ key, remoteJid, ownJid }: ChangeCarrier): string | undefined {
  if (key.fromMe === true) return parseJid(ownJid)?.jid;
  if (key.participant) return parseJid(key.participant)?.jid;
  return parseJid(remoteJid)?.kind === "group" ? undefined : remoteJid;
}
