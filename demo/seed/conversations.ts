import type { User, WhatsAppMedia, WhatsAppMessage } from "../../prisma/generated/whatsapp/client.ts";
import { planEpisodes, SYSTEM_SENDER, type Cast, type Draft, type Episode } from "./episodes.ts";
import { buildMedia } from "./media.ts";
import { pickKind, type Kind, type Metadata } from "./message-kinds.ts";
import { EMOJIS, AUTOMATIC } from "./phrases.ts";
import type { Random } from "./random.ts";
import { before, DAY_MS, HOUR_MS, latest, MINUTE_MS, SECOND_MS } from "./rows.ts";

export type Conversations = {
  /** By time, then id. */
  readonly messages: readonly WhatsAppMessage[];
  readonly media: readonly WhatsAppMedia[];
  readonly episodes: readonly Episode[];
};

const RECENT_MS = 3 * DAY_MS;
const SETTLED_AFTER_MS = 10 * MINUTE_MS;
const UNREAD_AT_MOST = 9;

/** The demo's messages with their media rows; also settles each contact's last message, session and unread count. */
export function buildConversations(cast: Cast, count: number, now: Date, random: Random): Conversations {
  const { drafts, episodes } = planEpisodes(cast, count, now, random);
  const names = new Map(cast.users.map((user) => [user.id, user]));
  const messages: WhatsAppMessage[] = [];
  const media: WhatsAppMedia[] = [];
  for (const chat of chatsOf(drafts)) {
    const unreadFrom = firstUnread(chat, now, random);
    let previous: WhatsAppMessage | undefined;
    for (const [index, draft] of chat.entries()) {
      const kind = draft.senderId === SYSTEM_SENDER ? automaticReply(random) : pickKind(draft.fromMe, random);
      const message = buildMessage(draft, kind, now, random);
      applyStatus(message, { isUnread: index >= unreadFrom, now }, random);
      decorate(message, draft, names, random);
      if (previous !== undefined && previous.sessionId === message.sessionId && random.chance(0.06)) message.quotedMessageId = previous.messageId;
      if (kind.media !== null) media.push(...buildMedia(message, { facts: kind.media, tenantId: draft.contact.tenantId, now }, random));
      settleContact(draft, message, now);
      messages.push(message);
      previous = message;
    }
  }
  return { messages: messages.toSorted(byTime), media, episodes };
}

function byTime(one: WhatsAppMessage, other: WhatsAppMessage): number {
  return one.timestamp.getTime() - other.timestamp.getTime() || (one.id < other.id ? -1 : 1);
}

/** The drafts of each contact in the order of time; a second belongs to one message, so that the newest one is unique. */
function chatsOf(drafts: readonly Draft[]): Draft[][] {
  const chats = new Map<string, Draft[]>();
  for (const draft of drafts) {
    const chat = chats.get(draft.contact.id);
    if (chat === undefined) chats.set(draft.contact.id, [draft]);
    else chat.push(draft);
  }
  return [...chats.values()].map((chat) => chat.toSorted((one, other) => one.at.getTime() - other.at.getTime()));
}

/** From this index on nobody has read: only the incoming messages after our last one, and not many. */
function firstUnread(chat: readonly Draft[], now: Date, random: Random): number {
  const newest = chat.at(-1);
  const isRecent = newest !== undefined && newest.at >= before(now, RECENT_MS);
  if (!random.chance(isRecent ? 0.7 : 0.1)) return chat.length;
  return Math.max(chat.findLastIndex(({ fromMe }) => fromMe) + 1, chat.length - UNREAD_AT_MOST);
}

function automaticReply(random: Random): Kind {
  return { messageType: "TEXT", content: random.pick(AUTOMATIC), metadata: {}, media: null };
}

function buildMessage(draft: Draft, kind: Kind, now: Date, random: Random): WhatsAppMessage {
  const { contact, sessionId, at, fromMe, senderId } = draft;
  const isQueuedByUs = senderId !== null;
  const createdAt = isQueuedByUs ? at : latest(now, before(at, -random.int(100, 2_500)));
  return {
    id: random.id(),
    sessionId,
    messageId: pickMessageId(isQueuedByUs, random),
    remoteJid: contact.jid,
    whatsappContactId: contact.id,
    fromMe,
    content: kind.content,
    messageType: kind.messageType,
    status: "PENDING",
    mediaUrl: null,
    mediaMimeType: null,
    mediaSize: null,
    thumbnailUrl: null,
    quotedMessageId: null,
    timestamp: at,
    deliveredAt: null,
    readAt: null,
    errorMessage: null,
    metadata: { ...kind.metadata },
    createdAt,
    updatedAt: createdAt,
    senderId,
  };
}

/** Ours: `3EB0` and 18 digits (contract 3.6); phones use other lengths and prefixes. */
function pickMessageId(isQueuedByUs: boolean, random: Random): string {
  if (isQueuedByUs) return `3EB0${random.hex(18).toUpperCase()}`;
  return random.chance(0.5) ? `3A${random.hex(18).toUpperCase()}` : random.hex(32).toUpperCase();
}

function applyStatus(message: WhatsAppMessage, { isUnread, now }: { isUnread: boolean; now: Date }, random: Random): void {
  const later = (from: Date, maxMs: number): Date => latest(now, before(from, -random.int(200, maxMs)));
  if (!message.fromMe) {
    if (isUnread) return;
    message.status = "READ";
    message.readAt = later(message.createdAt, HOUR_MS);
  } else {
    const isSettled = message.timestamp <= before(now, SETTLED_AFTER_MS);
    message.status = random.weighted([
      ["READ", isSettled ? 74 : 5],
      ["DELIVERED", isSettled ? 18 : 25],
      ["SENT", isSettled ? 6 : 70],
      ["FAILED", 1.5],
    ]);
    if (message.status === "FAILED") message.errorMessage = random.pick(["The number is not on WhatsApp", "Error 463", "The session was closed"]);
    if (message.status === "DELIVERED" || (message.status === "READ" && random.chance(0.9)))
      message.deliveredAt = later(message.timestamp, MINUTE_MS);
    if (message.status === "READ") message.readAt = later(message.deliveredAt ?? message.timestamp, 6 * HOUR_MS);
  }
  message.updatedAt = latest(now, message.createdAt, message.deliveredAt, message.readAt);
}

/** Who wrote in a group, push names, reactions, edits and deletions: the metadata keys of contract 6.4. */
function decorate(message: WhatsAppMessage, { contact }: Draft, users: ReadonlyMap<string, User>, random: Random): void {
  const metadata = message.metadata as Metadata;
  const at = latest(message.updatedAt, before(message.timestamp, -30 * SECOND_MS)).toISOString();
  const member = random.pick(participantsOf(contact.metadata) ?? [contact.jid]);
  if (!message.fromMe && contact.isGroup) metadata["participant"] = member;
  if (!message.fromMe && contact.name !== null) metadata["pushName"] = contact.isGroup ? `Contact ${member.slice(3, 6)}` : contact.name;
  const senderName = users.get(message.senderId ?? "")?.name ?? null;
  if (senderName !== null && random.chance(0.5)) metadata["senderName"] = senderName;
  if (random.chance(0.01)) metadata["forwarded"] = true;
  if (contact.isGroup && random.chance(0.05)) metadata["mentions"] = [member];
  if (random.chance(0.04)) metadata["reactions"] = [{ from: message.fromMe ? member : contact.jid, emoji: random.pick(EMOJIS), at }];
  if (message.messageType === "TEXT" && message.content !== null && random.chance(0.01)) metadata["editedAt"] = at;
  if (random.chance(0.004)) {
    message.content = null;
    metadata["deletedAt"] = at;
  }
  if (Object.keys(metadata).length === 0) message.metadata = null;
}

function participantsOf(metadata: unknown): string[] | undefined {
  const participants = (metadata as { participants?: readonly { jid: string }[] } | null)?.participants;
  return participants?.map(({ jid }) => jid);
}

/** Messages of a contact come in the order of time: the last call stays. */
function settleContact({ contact }: Draft, message: WhatsAppMessage, now: Date): void {
  contact.lastMessageAt = message.timestamp;
  contact.sessionId = message.sessionId;
  contact.unreadCount += message.status === "PENDING" ? 1 : 0;
  contact.updatedAt = latest(now, contact.updatedAt, message.createdAt);
}
