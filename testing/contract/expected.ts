import { CONTACT } from "./ids.ts";
import type { Rows } from "./rows.ts";

/** What the contract's tables say a row looks like on the wire, written apart from both implementations. Dates become ISO texts in JSON. */

type Row<Table extends keyof Rows> = Rows[Table][number];

export const toWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

const byId = <Item extends { readonly id: string }>(list: readonly Item[], id: string | null): Item | undefined =>
  list.find((item) => item.id === id);

/** A session whose lease is live or not by `nowMs`. */
export function expectedSession(row: Row<"whatsapp_sessions">, rows: Rows, nowMs: number): unknown {
  const config = rows.whatsapp_session_configs.find(({ sessionId }) => sessionId === row.sessionId);
  const isLeaseLive = row.leaseExpiresAt !== null && row.leaseExpiresAt.getTime() > nowMs;
  return toWire({
    id: row.id,
    sessionId: row.sessionId,
    tenantId: row.tenantId,
    name: row.name,
    phoneNumber: row.phoneNumber,
    status: row.status,
    isActive: row.isActive,
    browserActive: row.browserActive,
    lastSync: row.lastSync,
    lastConnected: row.lastConnected,
    errorMessage: row.errorMessage,
    routingRule: config?.routingRule ?? "FLOWBOT_FIRST",
    config: config === undefined ? null : expectedConfigRow(config),
    stats: {
      messages: rows.whatsapp_messages.filter(({ sessionId }) => sessionId === row.sessionId).length,
      contacts: rows.whatsapp_contacts.filter(({ sessionId }) => sessionId === row.sessionId).length,
    },
    timestamps: { createdAt: row.createdAt, updatedAt: row.updatedAt },
    runtime: {
      socket: {
        status: row.status.toLowerCase(),
        isActuallyConnected: row.isActive && row.status === "CONNECTED" && isLeaseLive,
        socketExists: isLeaseLive,
        hasCredentials: Object.keys(row.creds as object).length > 0,
        lastConnectionEventAt: row.lastConnectionEventAt,
        lastDisconnectReason: row.lastDisconnectReason,
        lastQRCodeDetectedAt: row.qrUpdatedAt,
        reconnectAttempts: row.reconnectAttempts,
      },
    },
  });
}

function expectedConfigRow({ id, sessionId, metadata, createdAt, updatedAt, ...rest }: Row<"whatsapp_session_configs">): unknown {
  return { id, sessionId, ...expectedConfig(rest), metadata, createdAt, updatedAt };
}

/** The eight keys of `GET config`. */
export function expectedConfig(row: Omit<Row<"whatsapp_session_configs">, "id" | "sessionId" | "metadata" | "createdAt" | "updatedAt">): object {
  return {
    routingRule: row.routingRule,
    autoReplyEnabled: row.autoReplyEnabled,
    autoReplyMessage: row.autoReplyMessage,
    businessHoursEnabled: row.businessHoursEnabled,
    businessHoursStart: row.businessHoursStart,
    businessHoursEnd: row.businessHoursEnd,
    businessHoursTimezone: row.businessHoursTimezone,
    awayMessage: row.awayMessage,
  };
}

export function expectedContact(row: Row<"whatsapp_contacts">, rows: Rows): unknown {
  const chatbot = byId(rows.chatbot_contacts, row.chatbotContactId);
  const session = rows.whatsapp_sessions.find(({ sessionId }) => sessionId === row.sessionId);
  const user = byId(rows.users, row.userId);
  const color = (user?.metadata as { color?: string } | null | undefined)?.color ?? null;
  return toWire({
    id: row.id,
    jid: row.jid,
    lid: row.lid,
    pn: row.pn,
    name: row.name,
    phoneNumber: row.phoneNumber,
    isGroup: row.isGroup,
    isBusiness: row.isBusiness,
    avatarUrl: row.avatarUrl,
    lastMessageAt: row.lastMessageAt,
    unreadCount: row.unreadCount,
    sessionId: row.sessionId,
    tenantId: row.tenantId,
    userId: row.userId,
    chatbotContactId: row.chatbotContactId,
    sessionStatus: row.sessionStatus,
    sessionStartedAt: row.sessionStartedAt,
    lastSessionClosedAt: row.lastSessionClosedAt,
    chatbotContact: chatbot === undefined ? null : { id: chatbot.id, displayName: chatbot.displayName, phone: chatbot.phone, type: chatbot.type },
    session: session === undefined ? null : { sessionId: session.sessionId, phoneNumber: session.phoneNumber, name: session.name },
    assignee: user === undefined ? null : { id: user.id, name: user.name, color },
  });
}

export function expectedMessage(row: Row<"whatsapp_messages">, rows: Rows): unknown {
  const tenantId = rows.whatsapp_sessions.find(({ sessionId }) => sessionId === row.sessionId)?.tenantId;
  const user = rows.users.find((each) => each.id === row.senderId && each.tenantId === tenantId);
  return toWire({
    id: row.id,
    sessionId: row.sessionId,
    messageId: row.messageId,
    remoteJid: row.remoteJid,
    whatsappContactId: row.whatsappContactId,
    fromMe: row.fromMe,
    content: row.content,
    messageType: row.messageType,
    status: row.status,
    mediaUrl: row.mediaUrl,
    mediaMimeType: row.mediaMimeType,
    mediaSize: row.mediaSize,
    thumbnailUrl: row.thumbnailUrl,
    quotedMessageId: row.quotedMessageId,
    timestamp: row.timestamp,
    deliveredAt: row.deliveredAt,
    readAt: row.readAt,
    errorMessage: row.errorMessage,
    metadata: row.metadata,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    senderId: row.senderId,
    users: user === undefined ? null : { id: user.id, name: user.name, email: user.email },
  });
}

/** Name, else email, else `System`; only users of the tenant have a name here. */
export function authorNameOf(authorId: string | null, tenantId: string, rows: Rows): string {
  const user = rows.users.find((each) => each.id === authorId && each.tenantId === tenantId);
  return user === undefined ? "System" : (user.name ?? user.email);
}

export function expectedSummary({ id, tenantId, contactId, ...rest }: Row<"crm_session_summaries">, rows: Rows): unknown {
  const { clientName, startedAt, date, duration, summary, topics, sentiment, interactionType, nextActions, aiInsights } = rest;
  const { needsFollowUp, followUpDate, followUpTime, followUpNote, createdById, createdAt, updatedAt } = rest;
  const talk = { clientName, startedAt, date, duration, summary, topics, sentiment, interactionType, nextActions, aiInsights };
  const followUp = { needsFollowUp, followUpDate, followUpTime, followUpNote };
  const author = { authorName: authorNameOf(createdById, tenantId, rows) };
  return toWire({ id, tenantId, contactId, ...talk, ...followUp, createdById, createdAt, updatedAt, ...author });
}

export function expectedActivity(
  { id, tenantId, contactId, type, text, detail, metadata, createdById, createdAt }: Row<"crm_activities">,
  rows: Rows,
): unknown {
  return toWire({
    id,
    tenantId,
    contactId,
    type,
    text,
    detail,
    metadata,
    createdById,
    createdAt,
    authorName: authorNameOf(createdById, tenantId, rows),
  });
}

type Ordered = { readonly id: string };

/** By one instant, then id; nulls last in either direction. */
export function inOrder<Item extends Ordered>(
  list: readonly Item[],
  timeOf: (item: Item) => Date | null,
  direction: "ascending" | "descending",
): Item[] {
  const sign = direction === "ascending" ? 1 : -1;
  const rank = (item: Item): number => sign * (timeOf(item)?.getTime() ?? sign * Number.POSITIVE_INFINITY);
  return list.toSorted((one, other) => (rank(one) === rank(other) ? (one.id < other.id ? -1 : 1) : rank(one) - rank(other)));
}

/** Messages of a thread: oldest first. */
export const threadOrder = (messages: readonly Row<"whatsapp_messages">[]): Row<"whatsapp_messages">[] =>
  inOrder(messages, ({ timestamp }) => timestamp, "ascending");

export const threadOf = (contact: keyof typeof CONTACT, rows: Rows): Row<"whatsapp_messages">[] =>
  threadOrder(rows.whatsapp_messages.filter(({ whatsappContactId }) => whatsappContactId === CONTACT[contact]));
