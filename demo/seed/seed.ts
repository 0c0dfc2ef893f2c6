import { buildConversations } from "./conversations.ts";
import { buildCrm } from "./crm.ts";
import { insertRows } from "./insert.ts";
import { buildContacts, buildTenants, buildUsers } from "./people.ts";
import { createRandom } from "./random.ts";
import type { DemoRows } from "./rows.ts";
import { buildSessionConfigs, buildSessions } from "./sessions.ts";

const DEFAULT_MESSAGES = 20_000;
const DEFAULT_SEED = 1;

export type SeedOptions = {
  /** The migrated `whatsapp` database. */
  readonly url: string;
  /** The end of the demo's history; leases and the fresh QR are relative to it. */
  readonly now: Date;
  readonly messages?: number;
  readonly seed?: number;
};

/** Fills an empty `whatsapp` database; answers the number of rows per table. Throws `SEED_NOT_EMPTY` on a second call. */
export async function seedDemo(options: SeedOptions): Promise<Record<string, number>> {
  const rows = buildDemo(options);
  await insertRows(options.url, rows);
  return Object.fromEntries(Object.entries(rows).map(([table, list]) => [table, list.length]));
}

/** All rows of the demo: the same `now`, `seed` and `messages` give the same rows, ids included. */
export function buildDemo({ now, messages = DEFAULT_MESSAGES, seed = DEFAULT_SEED }: Omit<SeedOptions, "url">): DemoRows {
  const random = createRandom(seed);
  const users = buildUsers(now);
  const people = buildContacts(now, random, users);
  const sessions = buildSessions(now, random);
  const configs = buildSessionConfigs(now, random);
  const conversations = buildConversations({ contacts: people.contacts, users }, messages, now, random);
  const crm = buildCrm(conversations.episodes, { users, now, random });
  return {
    tenants: buildTenants(now),
    users,
    chatbot_contacts: people.chatbotContacts,
    whatsapp_sessions: sessions,
    whatsapp_session_configs: configs,
    whatsapp_contacts: people.contacts,
    whatsapp_messages: conversations.messages,
    whatsapp_media: conversations.media,
    crm_session_summaries: crm.summaries,
    crm_activities: crm.activities,
    contact_transfer_requests: crm.transfers,
  };
}
