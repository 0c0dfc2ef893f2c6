import type {
  ChatbotContact,
  ContactTransferRequest,
  CrmActivity,
  CrmSessionSummary,
  Tenant,
  User,
  WhatsAppContact,
  WhatsAppMedia,
  WhatsAppMessage,
  WhatsAppSession,
  WhatsAppSessionConfig,
} from "../../prisma/generated/whatsapp/client.ts";

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** How far back the demo's messages reach. */
export const HISTORY_MS = 90 * DAY_MS;

/** Every row of the demo, table by table, in an order that foreign keys allow. */
export type DemoRows = {
  readonly tenants: readonly Tenant[];
  readonly users: readonly User[];
  readonly chatbot_contacts: readonly ChatbotContact[];
  readonly whatsapp_sessions: readonly WhatsAppSession[];
  readonly whatsapp_session_configs: readonly WhatsAppSessionConfig[];
  readonly whatsapp_contacts: readonly WhatsAppContact[];
  readonly whatsapp_messages: readonly WhatsAppMessage[];
  readonly whatsapp_media: readonly WhatsAppMedia[];
  readonly crm_session_summaries: readonly CrmSessionSummary[];
  readonly crm_activities: readonly CrmActivity[];
  readonly contact_transfer_requests: readonly ContactTransferRequest[];
};

/** `ms` before (or, negative, after) a date. */
export const before = (date: Date, ms: number): Date => new Date(date.getTime() - ms);

/** The later of the dates that are there; never later than `limit`. */
export function latest(limit: Date, ...dates: readonly (Date | null)[]): Date {
  const times = dates.flatMap((date) => (date === null ? [] : [date.getTime()]));
  return new Date(Math.min(limit.getTime(), Math.max(0, ...times)));
}
