import type { Client } from "pg";

/** What is stored, and what a request changed of it: an effect is asserted as the whole difference, so that nothing else may have changed. */

const TABLES = [
  "tenants",
  "users",
  "chatbot_contacts",
  "whatsapp_sessions",
  "whatsapp_session_configs",
  "whatsapp_session_keys",
  "whatsapp_contacts",
  "whatsapp_messages",
  "whatsapp_media",
  "whatsapp_outbox",
  "crm_session_summaries",
  "crm_activities",
  "contact_transfer_requests",
] as const;
export type TableName = (typeof TABLES)[number];

export type StoredRow = Readonly<Record<string, unknown>>;
type Snapshot = ReadonlyMap<TableName, ReadonlyMap<string, StoredRow>>;

export type TableChange = {
  readonly inserted?: readonly StoredRow[];
  readonly deleted?: readonly string[];
  /** By row id: each changed column with its new value; `updatedAt` is left out. */
  readonly updated?: Readonly<Record<string, StoredRow>>;
};
/** Only tables that changed. */
export type Changes = Partial<Record<TableName, TableChange>>;

/** One text for everything that is stored. */
export async function digest(database: Client): Promise<string> {
  const sums = TABLES.map((table) => `coalesce((select md5(string_agg(t::text, '|' order by t.id)) from ${table} t), '')`);
  const { rows } = await database.query<{ sum: string }>(`select ${sums.join(" || ")} as sum`);
  return rows[0]?.sum ?? "";
}

export async function readTables(database: Client): Promise<Snapshot> {
  const parts = TABLES.map((table) => `(select coalesce(json_agg(row_to_json(t)), '[]') from ${table} t) as ${table}`);
  const { rows } = await database.query<Record<TableName, StoredRow[]>>(`select ${parts.join(", ")}`);
  const [stored] = rows;
  return new Map(TABLES.map((table) => [table, new Map((stored?.[table] ?? []).map((row) => [String(row["id"]), row]))]));
}

export function changesBetween(before: Snapshot, after: Snapshot): Changes {
  const changed = TABLES.map((table) => [table, changeOf(before.get(table) ?? new Map(), after.get(table) ?? new Map())] as const);
  return Object.fromEntries(changed.filter(([, change]) => Object.keys(change).length > 0));
}

function changeOf(before: ReadonlyMap<string, StoredRow>, after: ReadonlyMap<string, StoredRow>): TableChange {
  const inserted = [...after].filter(([id]) => !before.has(id)).map(([, row]) => row);
  const deleted = [...before.keys()].filter((id) => !after.has(id)).toSorted();
  const updated = [...after].flatMap(([id, row]) => {
    const old = before.get(id);
    const columns = old === undefined ? [] : Object.keys(row).filter((name) => JSON.stringify(row[name]) !== JSON.stringify(old[name]));
    const shown = Object.fromEntries(columns.filter((name) => name !== "updatedAt").map((name) => [name, row[name]]));
    return columns.length === 0 ? [] : [[id, shown] as const];
  });
  return {
    ...(inserted.length === 0 ? {} : { inserted }),
    ...(deleted.length === 0 ? {} : { deleted }),
    ...(updated.length === 0 ? {} : { updated: Object.fromEntries(updated) }),
  };
}
