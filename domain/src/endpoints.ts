/** The contract's endpoint index (contract section 2), as data. A row whose handler does not exist yet is served by nobody. */

export type EndpointClass = "read" | "write" | "send" | "stream";
/** `user`: any of the three roles; `admin`: admin or super_admin. */
export type RequiredRole = "user" | "admin";
type Method = "GET" | "POST" | "PATCH" | "DELETE";

export type EndpointSpec = {
  /** The first word is the family. */
  readonly id: string;
  readonly method: Method;
  /** Absolute, with `:params`. */
  readonly path: string;
  /** Other paths of the same handler, beside `/api/v1/…`. */
  readonly aliases: readonly string[];
  readonly class: EndpointClass;
  readonly role: RequiredRole;
  /** Completes `Failed to …` of a 500; null for the one endpoint that says `Internal server error`. */
  readonly failure: string | null;
};

type Row = readonly [method: Method, path: string, kind: EndpointClass, role: RequiredRole, failure: string | null];

const BASE = "/api/whatsapp";
const CONTACT = `${BASE}/contacts/:contactId`;
const TRANSFER = `${BASE}/transfer-requests`;

const ROWS = {
  "sessions.connect": ["POST", `${BASE}/connect`, "write", "admin", "connect session"],
  "sessions.disconnect": ["POST", `${BASE}/disconnect`, "write", "admin", "disconnect session"],
  "sessions.status": ["GET", `${BASE}/status`, "read", "user", "get status"],
  "sessions.list": ["GET", `${BASE}/sessions`, "read", "user", "get sessions"],
  "sessions.create": ["POST", `${BASE}/sessions`, "write", "admin", "create session"],
  "sessions.delete": ["DELETE", `${BASE}/sessions`, "write", "admin", "delete session"],
  "sessions.health": ["GET", `${BASE}/sessions/health`, "read", "user", "get session health"],
  "sessions.testQr": ["POST", `${BASE}/test-qr`, "write", "admin", "broadcast test QR"],
  "sessions.admin": ["GET", "/api/admin/whatsapp", "read", "admin", "fetch WhatsApp sessions"],
  "analytics.get": ["GET", `${BASE}/analytics`, "read", "user", "get analytics"],
  "contacts.list": ["GET", `${BASE}/contacts`, "read", "user", "get contacts"],
  "contacts.link": ["POST", `${BASE}/contacts/link`, "write", "admin", "link contact"],
  "contacts.assign": ["POST", `${CONTACT}/assign`, "write", "user", "assign contact"],
  "contacts.lock": ["GET", `${CONTACT}/lock-status`, "read", "user", "get lock status"],
  "contacts.sync": ["POST", `${BASE}/accounts/sync`, "write", "admin", "sync accounts"],
  "conversation.messages": ["GET", `${BASE}/messages`, "read", "user", "get messages"],
  "conversation.thread": ["GET", `${BASE}/chat-messages`, "read", "user", "get messages"],
  "conversation.markRead": ["POST", `${BASE}/contacts/mark-read`, "write", "user", "mark contact as read"],
  "conversation.history": ["GET", `${CONTACT}/sessions`, "read", "user", "get contact sessions"],
  "conversation.open": ["POST", `${CONTACT}/session/open`, "write", "user", "open session"],
  "conversation.close": ["POST", `${CONTACT}/session/close`, "write", "user", "close session"],
  "conversation.preview": ["GET", `${CONTACT}/session/summary-preview`, "read", "user", "generate summary"],
  "conversation.delegate": ["POST", `${BASE}/delegate`, "write", "user", "delegate message"],
  "sends.text": ["POST", `${BASE}/chat-messages`, "send", "user", "send message"],
  "sends.media": ["POST", `${BASE}/send-media`, "send", "user", "send media"],
  "media.get": ["GET", `${BASE}/media/:messageId`, "stream", "user", "get media"],
  "config.get": ["GET", `${BASE}/config`, "read", "admin", "get config"],
  "config.set": ["POST", `${BASE}/config`, "write", "admin", "save config"],
  "config.patch": ["PATCH", `${BASE}/config`, "write", "admin", "update config"],
  "transfers.request": ["POST", `${CONTACT}/transfer/request`, "write", "user", "request transfer"],
  "transfers.status": ["GET", `${CONTACT}/transfer-status`, "read", "user", "get transfer status"],
  "transfers.pending": ["GET", `${TRANSFER}/pending`, "read", "admin", "get pending transfers"],
  "transfers.approve": ["POST", `${TRANSFER}/:requestId/approve`, "write", "admin", "approve transfer"],
  "transfers.deny": ["POST", `${TRANSFER}/:requestId/deny`, "write", "admin", "deny transfer"],
  "transfers.cancel": ["DELETE", `${TRANSFER}/:requestId`, "write", "user", "cancel transfer"],
  "realtime.config": ["GET", "/api/chat/realtime/config", "read", "user", "get realtime config"],
  "realtime.auth": ["POST", "/api/chat/realtime/auth", "write", "user", null],
} as const satisfies Record<string, Row>;

export type EndpointId = keyof typeof ROWS;

const ALIASES: Partial<Record<EndpointId, readonly string[]>> = { "sends.text": [`${BASE}/send`] };

export const ENDPOINTS = Object.fromEntries(Object.entries(ROWS).map(([id, row]) => [id, toSpec(id as EndpointId, row)])) as Readonly<
  Record<EndpointId, EndpointSpec>
>;

function toSpec(id: EndpointId, [method, path, kind, role, failure]: Row): EndpointSpec {
  return { id, method, path, aliases: ALIASES[id] ?? [], class: kind, role, failure };
}
