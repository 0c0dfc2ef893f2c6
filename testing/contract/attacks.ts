import { attack, contactAttacks, get, post, sessionAttacks, to, API, CONFIG, TEXT, FOREIGN_MEDIA, FOREIGN_REQUEST, type Attack } from "./attack.ts";
import { CHATBOT, CONTACT, SESSION, TENANT, USER } from "./ids.ts";
import { formOf, MULTIPART } from "./multipart.ts";

/** Every endpoint, every way to name what is another tenant's. */
export const ATTACKS: readonly Attack[] = [
  ...sessionAttacks(
    "sessions.connect",
    post("/connect", (sessionId) => ({ sessionId })),
    { mayAct: true },
  ),
  ...sessionAttacks(
    "sessions.disconnect",
    post("/disconnect", (sessionId) => ({ sessionId })),
  ),
  ...sessionAttacks(
    "sessions.status",
    get((name) => `/status?sessionId=${name}`),
  ),
  attack(
    "sessions.list",
    "the other tenant's id",
    TENANT.beta,
    get((name) => `/sessions?tenantId=${name}`),
  ),
  ...sessionAttacks(
    "sessions.create",
    post("/sessions", (sessionId) => ({ sessionId })),
    { mayAct: true },
  ),
  ...sessionAttacks(
    "sessions.delete",
    to((name) => `/sessions?sessionId=${name}`, {}, "DELETE"),
  ),
  ...sessionAttacks(
    "sessions.health",
    get((name) => `/sessions/health?sessionId=${name}`),
  ),
  ...sessionAttacks(
    "sessions.testQr",
    post("/test-qr", (sessionId) => ({ sessionId })),
  ),
  attack("sessions.admin", "the other tenant's id", TENANT.beta, (name) => ({ method: "GET", target: `/api/admin/whatsapp?tenantId=${name}` })),
  ...sessionAttacks(
    "analytics.get",
    get((name) => `/analytics?sessionId=${name}`),
  ),
  ...sessionAttacks(
    "contacts.list",
    get((name) => `/contacts?sessionId=${name}`),
  ),
  attack(
    "contacts.list",
    "the other tenant's id",
    TENANT.beta,
    get((name) => `/contacts?tenantId=${name}`),
  ),
  attack(
    "contacts.link",
    "a foreign contact",
    CONTACT.foreign,
    post("/contacts/link", (name) => ({ whatsappContactId: name, targetType: "user", targetId: USER.owner })),
  ),
  attack(
    "contacts.link",
    "a foreign user",
    USER.foreign,
    post("/contacts/link", (name) => ({ whatsappContactId: CONTACT.plain, targetType: "user", targetId: name })),
  ),
  attack(
    "contacts.link",
    "a foreign chatbot contact",
    CHATBOT.foreign,
    post("/contacts/link", (name) => ({ whatsappContactId: CONTACT.plain, targetType: "chatbot", targetId: name })),
  ),
  ...contactAttacks(
    "contacts.assign",
    to((name) => `/contacts/${name}/assign`, { userId: USER.owner }),
  ),
  attack(
    "contacts.assign",
    "a foreign user",
    USER.foreign,
    post(`/contacts/${CONTACT.plain}/assign`, (userId) => ({ userId })),
  ),
  ...contactAttacks(
    "contacts.lock",
    get((name) => `/contacts/${name}/lock-status`),
  ),
  ...sessionAttacks(
    "contacts.sync",
    post("/accounts/sync", (sessionId) => ({ sessionId })),
  ),
  ...contactAttacks(
    "conversation.messages",
    get((name) => `/messages?contactId=${name}`),
  ),
  ...sessionAttacks(
    "conversation.messages",
    get((name) => `/messages?sessionId=${name}`),
  ),
  attack(
    "conversation.messages",
    "a foreign message",
    "m40foreign",
    get((name) => `/messages?before=${name}`),
  ),
  ...contactAttacks(
    "conversation.thread",
    get((name) => `/chat-messages?contactId=${name}`),
  ),
  ...contactAttacks(
    "conversation.markRead",
    post("/contacts/mark-read", (contactId) => ({ contactId })),
  ),
  ...contactAttacks(
    "conversation.history",
    get((name) => `/contacts/${name}/sessions`),
  ),
  ...contactAttacks(
    "conversation.open",
    to((name) => `/contacts/${name}/session/open`),
  ),
  ...contactAttacks(
    "conversation.close",
    to((name) => `/contacts/${name}/session/close`, { annotation: "taken over" }),
  ),
  ...contactAttacks(
    "conversation.preview",
    get((name) => `/contacts/${name}/session/summary-preview`),
  ),
  attack(
    "conversation.delegate",
    "a foreign message",
    "m40foreign",
    post("/delegate", (messageId) => ({ messageId, jid: "15550001001", action: "take-control" })),
  ),
  ...sessionAttacks(
    "sends.text",
    post("/chat-messages", (sessionId) => ({ sessionId, ...TEXT })),
  ),
  ...sessionAttacks(
    "sends.text",
    post("/send", (sessionId) => ({ sessionId, ...TEXT })),
  ),
  attack("sends.media", "a foreign session's key", SESSION.foreign, (sessionId) => ({
    target: `${API}/send-media`,
    headers: { "content-type": MULTIPART },
    body: formOf([
      { name: "sessionId", value: sessionId },
      { name: "toJid", value: "15550001001" },
      { name: "file", file: Buffer.from("x") },
    ]),
  })),
  attack(
    "media.get",
    "a foreign message's media",
    FOREIGN_MEDIA,
    get((name) => `/media/${name}`),
  ),
  attack(
    "media.get",
    "a foreign WhatsApp id",
    `WA-${FOREIGN_MEDIA}`,
    get((name) => `/media/${name}`),
  ),
  ...sessionAttacks(
    "config.get",
    get((name) => `/config?sessionId=${name}`),
  ),
  ...sessionAttacks(
    "config.set",
    post("/config", (sessionId) => ({ sessionId, config: CONFIG })),
  ),
  ...sessionAttacks("config.patch", (sessionId) => ({ method: "PATCH", target: `${API}/config`, body: { sessionId, routingRule: "MANUAL" } })),
  attack("config.patch", "the other tenant's id", TENANT.beta, (tenantId) => ({
    method: "PATCH",
    target: `${API}/config`,
    body: { sessionId: "all", routingRule: "MANUAL", tenantId },
  })),
  ...contactAttacks(
    "transfers.request",
    to((name) => `/contacts/${name}/transfer/request`),
  ),
  ...contactAttacks(
    "transfers.status",
    get((name) => `/contacts/${name}/transfer-status`),
  ),
  attack(
    "transfers.pending",
    "the other tenant's id",
    TENANT.beta,
    get((name) => `/transfer-requests/pending?tenantId=${name}`),
  ),
  ...["approve", "deny"].map((action) =>
    attack(
      `transfers.${action}`,
      "a foreign request",
      FOREIGN_REQUEST,
      to((name) => `/transfer-requests/${name}/${action}`),
    ),
  ),
  attack(
    "transfers.cancel",
    "a foreign request",
    FOREIGN_REQUEST,
    to((name) => `/transfer-requests/${name}`, {}, "DELETE"),
  ),
  attack("realtime.config", "the other tenant's id", TENANT.beta, (name) => ({
    method: "GET",
    target: `/api/chat/realtime/config?tenantId=${name}`,
  })),
  ...[`private-whatsapp.`, "private-user.", "private-tenant."].map((prefix) =>
    attack(
      "realtime.auth",
      `a foreign ${prefix}channel`,
      prefix.startsWith("private-w") ? SESSION.foreign : prefix.startsWith("private-u") ? USER.foreign : `${TENANT.beta}.x`,
      (name) => ({
        target: "/api/chat/realtime/auth",
        body: { socket_id: "1.2", channel_name: `${prefix}${name}` },
      }),
    ),
  ),
];
