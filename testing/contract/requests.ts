import type { Claims } from "./tokens.ts";
import { CONTACT, SESSION, TENANT, USER } from "./ids.ts";

/** The read endpoints of contract section 2, each with a request that both systems answer with 200. */
export type ReadEndpoint = {
  /** False for the one that tells what it was started with. */
  readonly readsRows: boolean;
  readonly id: string;
  readonly path: string;
  /** A good query; empty when none is needed. */
  readonly query: string;
  readonly role: "user" | "admin";
  /** Methods of the contract beside HEAD and OPTIONS. */
  readonly methods: readonly string[];
};

const endpoint = (id: string, path: string, query: string, rest: Partial<ReadEndpoint> = {}): ReadEndpoint => {
  return { id, path, query, role: "user", methods: ["GET"], readsRows: true, ...rest };
};

export const READS: readonly ReadEndpoint[] = [
  endpoint("sessions.status", "/api/whatsapp/status", `sessionId=${SESSION.live}`),
  endpoint("sessions.list", "/api/whatsapp/sessions", "", { methods: ["GET", "POST", "DELETE"] }),
  endpoint("sessions.admin", "/api/admin/whatsapp", "", { role: "admin" }),
  endpoint("analytics.get", "/api/whatsapp/analytics", `sessionId=${SESSION.live}&timeRange=24h`),
  endpoint("contacts.list", "/api/whatsapp/contacts", ""),
  endpoint("conversation.messages", "/api/whatsapp/messages", "limit=5"),
  endpoint("conversation.thread", "/api/whatsapp/chat-messages", `contactId=${CONTACT.plain}`, { methods: ["GET", "POST"] }),
  endpoint("config.get", "/api/whatsapp/config", `sessionId=${SESSION.live}`, { role: "admin", methods: ["GET", "POST", "PATCH"] }),
  endpoint("sessions.health", "/api/whatsapp/sessions/health", ""),
  endpoint("contacts.lock", `/api/whatsapp/contacts/${CONTACT.plain}/lock-status`, ""),
  endpoint("conversation.history", `/api/whatsapp/contacts/${CONTACT.plain}/sessions`, ""),
  endpoint("conversation.preview", `/api/whatsapp/contacts/${CONTACT.plain}/session/summary-preview`, ""),
  endpoint("transfers.status", `/api/whatsapp/contacts/${CONTACT.plain}/transfer-status`, ""),
  endpoint("transfers.pending", "/api/whatsapp/transfer-requests/pending", "", { role: "admin" }),
  endpoint("realtime.config", "/api/chat/realtime/config", "", { readsRows: false }),
];

export const targetOf = ({ path, query }: ReadEndpoint): string => (query === "" ? path : `${path}?${query}`);

/** Claims of the fixtures' users. */
export const CLAIMS = {
  admin: { sub: USER.admin, email: "admin@alpha.example", tenantId: TENANT.alpha, role: "admin" },
  owner: { sub: USER.owner, tenantId: TENANT.alpha, role: "super_admin" },
  operator: { sub: USER.operator, tenantId: TENANT.alpha, role: "user" },
  foreign: { sub: USER.foreign, tenantId: TENANT.beta, role: "admin" },
  /** An admin whose token names no tenant. */
  tenantless: { sub: USER.admin, role: "admin" },
} as const satisfies Record<string, Claims>;
