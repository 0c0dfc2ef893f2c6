import type { Analytics } from "@ipnuo/domain/analytics";
import type { Contact, ContactList } from "@ipnuo/domain/contact";
import type { RoutingRule } from "@ipnuo/domain/enums";
import type { Message, Thread } from "@ipnuo/domain/message";
import type { AuthReply, RealtimeConfig } from "@ipnuo/domain/realtime";
import type { ConfigReply, Session, SessionConfig, SessionList, SessionStatusReply } from "@ipnuo/domain/session";
import type { TransferRequest } from "../lib/whatsapp/transfer-reply.ts";
import { change, read } from "./api-client.ts";

/** What the admin UI asks of the API, call by call. */

export const fetchSessions = (signal: AbortSignal): Promise<SessionList> => read("sessions", {}, signal);

export const fetchStatus = (sessionId: string, signal: AbortSignal): Promise<SessionStatusReply> => read("status", { sessionId }, signal);

type Outbox = { readonly queued: number; readonly unknown: number; readonly failed: number };
export type Health = { readonly sessions: readonly { readonly sessionId: string; readonly leaseHeld: boolean; readonly outbox: Outbox }[] };
export const fetchHealth = (sessionId: string, signal: AbortSignal): Promise<Health> => read("sessions/health", { sessionId }, signal);

export const fetchContacts = (sessionId: string, signal: AbortSignal): Promise<ContactList> => read("contacts", { sessionId }, signal);

export const fetchThread = (chat: { contactId: string; limit: number }, signal: AbortSignal): Promise<Thread> =>
  read("chat-messages", { contactId: chat.contactId, limit: String(chat.limit) }, signal);

export const fetchAnalytics = (query: { sessionId: string; timeRange: string }, signal: AbortSignal): Promise<Analytics> =>
  read("analytics", query, signal);

export const fetchConfig = (sessionId: string, signal: AbortSignal): Promise<ConfigReply> => read("config", { sessionId }, signal);

export const fetchPendingTransfers = (signal: AbortSignal): Promise<readonly TransferRequest[]> => read("transfer-requests/pending", {}, signal);

export type TransferStatus = { readonly hasPendingRequest: boolean; readonly request: TransferRequest | null };
export const fetchTransferStatus = (contactId: string, signal: AbortSignal): Promise<TransferStatus> =>
  read(`contacts/${contactId}/transfer-status`, {}, signal);

export type Preview = {
  readonly summary: string;
  readonly topics: readonly string[];
  readonly interactionType: string;
  readonly sentiment: string;
};
export const fetchPreview = (contactId: string, signal: AbortSignal): Promise<Preview> =>
  read(`contacts/${contactId}/session/summary-preview`, {}, signal);

export const fetchRealtimeConfig = (signal: AbortSignal): Promise<RealtimeConfig> => read("/api/chat/realtime/config", {}, signal);
export const authorizeLiveChannel = (socketId: string, channel: string): Promise<AuthReply> =>
  change("POST", "/api/chat/realtime/auth", { body: { socket_id: socketId, channel_name: channel } });

type NewSession = { readonly sessionId?: string; readonly name?: string; readonly routingRule: RoutingRule };
export const createSession = (body: NewSession): Promise<{ readonly session: Session }> => change("POST", "sessions", { body });
export const connectSession = (sessionId: string): Promise<unknown> => change("POST", "connect", { body: { sessionId } });
export const disconnectSession = (sessionId: string): Promise<unknown> => change("POST", "disconnect", { body: { sessionId } });
export const deleteSession = (sessionId: string): Promise<unknown> => change("DELETE", "sessions", { query: { sessionId } });

export const saveConfig = (sessionId: string, config: SessionConfig): Promise<ConfigReply> =>
  change("POST", "config", { body: { sessionId, config } });
export const routeAllSessions = (routingRule: RoutingRule): Promise<unknown> =>
  change("PATCH", "config", { body: { sessionId: "all", routingRule } });

export const markRead = (contactId: string): Promise<unknown> => change("POST", "contacts/mark-read", { body: { contactId } });
export const assignContact = (contactId: string, userId: string | null): Promise<{ readonly contact: Contact }> =>
  change("POST", `contacts/${contactId}/assign`, { body: { userId } });
export const openConversation = (contactId: string): Promise<unknown> => change("POST", `contacts/${contactId}/session/open`);

export type Closing = {
  readonly annotation: string;
  /** Absent: the computed one. */
  readonly interactionType?: string;
  readonly needsFollowUp: boolean;
  readonly followUpDate: string | null;
};
export const closeConversation = (contactId: string, body: Closing): Promise<unknown> =>
  change("POST", `contacts/${contactId}/session/close`, { body });

export const requestTransfer = (contactId: string, message: string): Promise<TransferRequest> =>
  change("POST", `contacts/${contactId}/transfer/request`, { body: { message } });
export const decideTransfer = (requestId: string, decision: "approve" | "deny", notes: string): Promise<TransferRequest> =>
  change("POST", `transfer-requests/${requestId}/${decision}`, { body: { notes } });
export const cancelTransfer = (requestId: string): Promise<TransferRequest> => change("DELETE", `transfer-requests/${requestId}`);

export type Outgoing = { readonly sessionId: string; readonly toJid: string; readonly content: string };
type Sent = { readonly message: Message };
export const sendText = (body: Outgoing, key: string): Promise<Sent> => change("POST", "chat-messages", { body, key });

/** The file goes last: the fields before it are checked while it is still on its way. */
export function sendMedia(
  { sessionId, toJid, content }: Outgoing,
  file: File,
  { key, asDocument }: { key: string; asDocument: boolean },
): Promise<Sent> {
  const form = new FormData();
  form.set("sessionId", sessionId);
  form.set("toJid", toJid);
  if (content !== "") form.set("content", content);
  form.set("asDocument", String(asDocument));
  form.set("file", file);
  return change("POST", "send-media", { form, key });
}
