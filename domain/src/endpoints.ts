/** The contract's endpoint index (contract section 2), as data. Reads first; the others follow with their handlers. */

export type EndpointClass = "read" | "write" | "send" | "stream";
/** `user`: any of the three roles; `admin`: admin or super_admin. */
export type RequiredRole = "user" | "admin";

export type EndpointSpec = {
  /** The first word is the family. */
  readonly id: string;
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Absolute, with `:params`. */
  readonly path: string;
  readonly class: EndpointClass;
  readonly role: RequiredRole;
  /** Completes `Failed to …` of a 500. */
  readonly failure: string;
};

const BASE = "/api/whatsapp";

export const ENDPOINTS = {
  "sessions.status": { id: "sessions.status", method: "GET", path: `${BASE}/status`, class: "read", role: "user", failure: "get status" },
  "sessions.list": { id: "sessions.list", method: "GET", path: `${BASE}/sessions`, class: "read", role: "user", failure: "get sessions" },
  "sessions.admin": {
    id: "sessions.admin",
    method: "GET",
    path: "/api/admin/whatsapp",
    class: "read",
    role: "admin",
    failure: "fetch WhatsApp sessions",
  },
  "analytics.get": { id: "analytics.get", method: "GET", path: `${BASE}/analytics`, class: "read", role: "user", failure: "get analytics" },
  "contacts.list": { id: "contacts.list", method: "GET", path: `${BASE}/contacts`, class: "read", role: "user", failure: "get contacts" },
  "conversation.messages": {
    id: "conversation.messages",
    method: "GET",
    path: `${BASE}/messages`,
    class: "read",
    role: "user",
    failure: "get messages",
  },
  "conversation.thread": {
    id: "conversation.thread",
    method: "GET",
    path: `${BASE}/chat-messages`,
    class: "read",
    role: "user",
    failure: "get messages",
  },
  "config.get": { id: "config.get", method: "GET", path: `${BASE}/config`, class: "read", role: "admin", failure: "get config" },
} as const satisfies Record<string, EndpointSpec>;

export type EndpointId = keyof typeof ENDPOINTS;
