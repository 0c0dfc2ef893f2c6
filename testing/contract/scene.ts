import type {
  ChatbotContact,
  CrmActivity,
  CrmSessionSummary,
  User,
  WhatsAppContact,
  WhatsAppMessage,
  WhatsAppSession,
} from "../../prisma/generated/whatsapp/client.ts";
import { TENANT } from "./ids.ts";
import { activityRow, chatbotRow, contactRow, insertRows, messageRow, sessionRow, summaryRow, userRow } from "./rows.ts";
import type { Contract } from "./world.ts";

/** Fresh rows for one case: every system acts on its own. All are alpha's unless `tenantId` says otherwise. */

let serial = 0;
const next = (): string => String((serial += 1)).padStart(6, "0");

export const freshId = (what: string): string => `${what}-${next()}`;
export const freshDigits = (): string => `1555${String(2_000_000 + Number(next()))}`;
export const phoneJid = (digits: string): string => `${digits}@s.whatsapp.net`;
export const freshLid = (): string => `71${next()}00@lid`;

const MINUTE_MS = 60_000;
export const minutesAgo = (count: number): Date => new Date(Date.now() - count * MINUTE_MS);

/** What a session that can send looks like: connected, with credentials and a live lease. */
export const CONNECTED = {
  status: "CONNECTED",
  desiredState: "RUNNING",
  isActive: true,
  creds: { me: { id: "15550100001:1@s.whatsapp.net" } },
  phoneNumber: "15550100001",
  leaseOwner: "worker-1",
  leaseEpoch: 3,
} as const satisfies Partial<WhatsAppSession>;

export function createScene({ world, settled }: Contract) {
  const insert = async (rows: Parameters<typeof insertRows>[1]): Promise<void> => {
    await settled(); // a read that is still compared must not see the change
    await insertRows(world().database, rows);
  };
  return {
    session: async (values: Partial<WhatsAppSession> = {}): Promise<WhatsAppSession> => {
      const sessionId = values.sessionId ?? freshId("scene");
      const row = sessionRow({ id: `row-${sessionId}`, tenantId: TENANT.alpha, sessionId, sendSecret: "ab".repeat(32), ...values });
      await insert({ whatsapp_sessions: [row] });
      return row;
    },
    /** A session that can send. */
    connected: async (values: Partial<WhatsAppSession> = {}): Promise<WhatsAppSession> => {
      const sessionId = freshId("scene");
      const leaseExpiresAt = new Date(Date.now() + 60 * MINUTE_MS);
      const row = sessionRow({
        id: `row-${sessionId}`,
        tenantId: TENANT.alpha,
        sessionId,
        sendSecret: "ab".repeat(32),
        leaseExpiresAt,
        lastConnected: minutesAgo(5),
        ...CONNECTED,
        ...values,
      });
      await insert({ whatsapp_sessions: [row] });
      return row;
    },
    user: async (values: Partial<User> = {}): Promise<User> => {
      const row = userRow({ id: freshId("user"), tenantId: TENANT.alpha, ...values });
      await insert({ users: [row] });
      return row;
    },
    chatbot: async (values: Partial<ChatbotContact> = {}): Promise<ChatbotContact> => {
      const row = chatbotRow({ id: freshId("chatbot"), tenantId: TENANT.alpha, ...values });
      await insert({ chatbot_contacts: [row] });
      return row;
    },
    /** A contact with a number unless it is given a `lid` or a `jid` alone. */
    contact: async (values: Partial<WhatsAppContact> = {}): Promise<WhatsAppContact> => {
      const hasAddress = values.pn !== undefined || values.lid !== undefined || values.jid !== undefined;
      const address = hasAddress ? {} : { pn: phoneJid(freshDigits()) };
      const row = contactRow({ id: freshId("contact"), tenantId: TENANT.alpha, ...address, ...values });
      await insert({ whatsapp_contacts: [row] });
      return row;
    },
    message: async (values: Partial<WhatsAppMessage> & Pick<WhatsAppMessage, "sessionId" | "remoteJid">): Promise<WhatsAppMessage> => {
      const row = messageRow({ id: freshId("message"), timestamp: minutesAgo(3), ...values });
      await insert({ whatsapp_messages: [row] });
      return row;
    },
    summary: async (values: Partial<CrmSessionSummary> & Pick<CrmSessionSummary, "date">): Promise<CrmSessionSummary> => {
      const row = summaryRow({ id: freshId("summary"), tenantId: TENANT.alpha, ...values });
      await insert({ crm_session_summaries: [row] });
      return row;
    },
    activity: async (values: Partial<CrmActivity> & Pick<CrmActivity, "createdAt">): Promise<CrmActivity> => {
      const row = activityRow({ id: freshId("activity"), tenantId: TENANT.alpha, ...values });
      await insert({ crm_activities: [row] });
      return row;
    },
    /** Any row of a table without a builder of its own. */
    row: async (table: string, values: Readonly<Record<string, unknown>>): Promise<void> => {
      await settled();
      const columns = Object.keys(values).map((column) => `"${column}"`);
      const source = `json_populate_record(null::public."${table}", $1)`;
      await world().database.query(`insert into "${table}" (${columns.join()}) select ${columns.join()} from ${source}`, [JSON.stringify(values)]);
    },
  };
}
