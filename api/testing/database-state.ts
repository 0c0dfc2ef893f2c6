import type { Database } from "../runtime/tokens.ts";

const TABLES = [
  "whatsapp_sessions",
  "whatsapp_session_keys",
  "whatsapp_session_configs",
  "whatsapp_messages",
  "whatsapp_media",
  "whatsapp_contacts",
  "contact_transfer_requests",
  "crm_session_summaries",
  "crm_activities",
  "whatsapp_outbox",
  "realtime_outbox",
  "users",
  "chatbot_contacts",
  "tenants",
] as const;

type State = Readonly<Record<string, readonly unknown[]>>;

/** Every row of every table, to prove that nothing was written. */
export async function databaseState(database: Database): Promise<State> {
  const [row] = await database.$queryRawUnsafe<{ state: State }[]>(
    `select json_build_object(${TABLES.map((table) => `'${table}', (select coalesce(json_agg(t order by t.id), '[]') from ${table} t)`).join(", ")}) as state`,
  );
  return row?.state ?? {};
}
