import { createLogger } from "../../lib/log.ts";
import { createDatabase, type Database } from "../database.ts";

export const testLog = createLogger({ program: "worker", level: "silent" });

/** A database with one tenant, for tests that need no API. */
export async function openWorkerDatabase(url: string): Promise<Database> {
  const database = createDatabase(url, testLog);
  await database.query(`insert into tenants (id, name, "updatedAt") values ('t1', 't1', now()) on conflict do nothing`);
  return database;
}

export async function insertSession(database: Database, sessionId: string, desiredState: "RUNNING" | "STOPPED" = "RUNNING"): Promise<void> {
  await database.query(
    `insert into whatsapp_sessions (id, "sessionId", "tenantId", "desiredState", "sendSecret", "updatedAt")
     values ($1, $1, 't1', $2::"WhatsAppDesiredState", repeat('0f', 32), now())`,
    [sessionId, desiredState],
  );
}
