import { createStoreClient } from "../../prisma/clients.ts";
import { migrate } from "../../prisma/migrate.ts";

const CONNECT_TIMEOUT_MS = 3_000;
const STATEMENT_TIMEOUT_MS = 10_000;

export type StoreClient = ReturnType<typeof createStoreClient>;

export type StoreOptions = { readonly url: string; readonly poolMax: number; readonly applicationName: string };

/** A connection pool to the store. Nothing is connected until the first query. */
export function connectStore({ url, poolMax, applicationName }: StoreOptions): StoreClient {
  return createStoreClient({ url, poolMax, applicationName, connectTimeoutMs: CONNECT_TIMEOUT_MS, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
}

/** Brings the store's schema up to date. Throws `DATABASE_UNREACHABLE` and the migration errors. */
export async function migrateStore(url: string): Promise<void> {
  await migrate({ url, schema: "parallax" });
}
