import type { Client } from "pg";
import type {
  ChatbotContact,
  CrmActivity,
  CrmSessionSummary,
  Tenant,
  User,
  WhatsAppContact,
  WhatsAppMessage,
  WhatsAppSession,
  WhatsAppSessionConfig,
} from "../../prisma/generated/whatsapp/client.ts";

/** Whole rows with neutral defaults, and a way to store them: a test names only what it is about. */

export type Rows = {
  readonly tenants: readonly Tenant[];
  readonly users: readonly User[];
  readonly chatbot_contacts: readonly ChatbotContact[];
  readonly whatsapp_sessions: readonly WhatsAppSession[];
  readonly whatsapp_session_configs: readonly WhatsAppSessionConfig[];
  readonly whatsapp_contacts: readonly WhatsAppContact[];
  readonly whatsapp_messages: readonly WhatsAppMessage[];
  readonly crm_session_summaries: readonly CrmSessionSummary[];
  readonly crm_activities: readonly CrmActivity[];
};

type Needs<Row, Key extends keyof Row> = Partial<Row> & Pick<Row, Key>;

const CREATED = new Date("2026-01-02T03:04:05.678Z");
const UPDATED = new Date("2026-02-03T04:05:06.789Z");
const STAMPS = { createdAt: CREATED, updatedAt: UPDATED };

export const tenantRow = (row: Needs<Tenant, "id">): Tenant => {
  return { name: `Tenant ${row.id}`, domain: null, subdomain: null, isActive: true, settings: null, ...STAMPS, ...row };
};

export const userRow = (row: Needs<User, "id" | "tenantId">): User => {
  return {
    email: `${row.id}@users.example`,
    name: null,
    role: "user",
    status: "active",
    phone: null,
    normalizedPhone: null,
    metadata: null,
    ...STAMPS,
    ...row,
  };
};

export const chatbotRow = (row: Needs<ChatbotContact, "id" | "tenantId">): ChatbotContact => {
  const blank = { phone: null, avatarUrl: null, description: null, email: null, metadata: null };
  return { type: "CONTACT", displayName: `Chatbot ${row.id}`, ...blank, isDefaultFlowbot: false, ...STAMPS, ...row };
};

export const sessionRow = (row: Needs<WhatsAppSession, "id" | "sessionId" | "tenantId">): WhatsAppSession => ({
  name: null,
  phoneNumber: null,
  accountName: null,
  status: "DISCONNECTED",
  desiredState: "STOPPED",
  creds: {},
  isActive: false,
  browserActive: false,
  lastSync: CREATED,
  lastConnected: null,
  errorMessage: null,
  metadata: null,
  sendSecret: "0".repeat(64),
  qrCode: null,
  pairingCode: null,
  pairingPhone: null,
  qrUpdatedAt: null,
  reconnectAttempts: 0,
  lastConnectionEventAt: null,
  lastDisconnectReason: null,
  lastDisconnectCode: null,
  stateEpoch: 0,
  stateSeq: 0,
  leaseOwner: null,
  leaseEpoch: 0,
  leaseExpiresAt: null,
  ...STAMPS,
  ...row,
});

export const configRow = (row: Needs<WhatsAppSessionConfig, "id" | "sessionId">): WhatsAppSessionConfig => ({
  routingRule: "FLOWBOT_FIRST",
  autoReplyEnabled: false,
  autoReplyMessage: null,
  businessHoursEnabled: false,
  businessHoursStart: null,
  businessHoursEnd: null,
  businessHoursTimezone: null,
  awayMessage: null,
  metadata: null,
  ...STAMPS,
  ...row,
});

/** `jid` and `phoneNumber` follow from `pn` and `lid`. */
export const contactRow = (row: Needs<WhatsAppContact, "id" | "tenantId">): WhatsAppContact => ({
  jid: row.pn ?? row.lid ?? "",
  lid: null,
  pn: null,
  name: null,
  phoneNumber: row.pn?.split("@")[0] ?? null,
  isGroup: false,
  isBusiness: false,
  avatarUrl: null,
  sessionId: null,
  lastMessageAt: null,
  unreadCount: 0,
  metadata: null,
  chatbotContactId: null,
  userId: null,
  sessionStatus: "CLOSED",
  sessionStartedAt: null,
  lastSessionClosedAt: null,
  routingOverride: null,
  ...STAMPS,
  ...row,
});

export const messageRow = (row: Needs<WhatsAppMessage, "id" | "sessionId" | "remoteJid" | "timestamp">): WhatsAppMessage => ({
  messageId: `WA-${row.id}`,
  whatsappContactId: null,
  fromMe: false,
  content: `text of ${row.id}`,
  messageType: "TEXT",
  status: "READ",
  mediaUrl: null,
  mediaMimeType: null,
  mediaSize: null,
  thumbnailUrl: null,
  quotedMessageId: null,
  deliveredAt: null,
  readAt: null,
  errorMessage: null,
  metadata: null,
  senderId: null,
  ...STAMPS,
  ...row,
});

export const summaryRow = (row: Needs<CrmSessionSummary, "id" | "tenantId" | "date">): CrmSessionSummary => ({
  contactId: null,
  clientName: null,
  startedAt: null,
  duration: null,
  summary: `summary ${row.id}`,
  topics: [],
  sentiment: null,
  interactionType: null,
  nextActions: [],
  aiInsights: null,
  needsFollowUp: false,
  followUpDate: null,
  followUpTime: null,
  followUpNote: null,
  createdById: "system",
  ...STAMPS,
  ...row,
});

export const activityRow = (row: Needs<CrmActivity, "id" | "tenantId" | "createdAt">): CrmActivity => {
  return { contactId: null, type: "note", text: `text of ${row.id}`, detail: null, metadata: null, createdById: null, ...row };
};

/** Stores rows table by table, in the order of the keys. */
export async function insertRows(client: Client, rows: Partial<Rows>): Promise<void> {
  for (const [table, list] of Object.entries(rows)) {
    const columns = Object.keys(list[0] ?? {}).map((column) => `"${column}"`);
    if (columns.length === 0) continue;
    const source = `json_populate_recordset(null::public."${table}", $1)`;
    await client.query(`insert into public."${table}" (${columns.join()}) select ${columns.join()} from ${source}`, [JSON.stringify(list)]);
  }
}
