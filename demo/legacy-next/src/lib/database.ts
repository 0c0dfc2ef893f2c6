import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "../../generated/prisma/client.ts";
import { env } from "./env.ts";

const POOL_MAX = 10;
/** How long a query waits for a connection before the pool counts as exhausted. */
const CONNECT_TIMEOUT_MS = 5_000;
/** The server cancels what nobody waits for any more: the handler deadline is just as long. */
const STATEMENT_TIMEOUT_MS = 10_000;

// Pages and route handlers are bundled apart: on globalThis they still share one pool.
const shared = globalThis as typeof globalThis & { legacyPrisma?: PrismaClient };

/** The app's one database client. It connects with the first query. */
export function database(): PrismaClient {
  shared.legacyPrisma ??= new PrismaClient({
    adapter: new PrismaPg({
      connectionString: env().databaseUrl,
      max: POOL_MAX,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      // The server can vanish without a word; then only this ends the wait.
      query_timeout: STATEMENT_TIMEOUT_MS + 1_000,
      application_name: "legacy-next",
      keepAlive: true,
    }),
  });
  return shared.legacyPrisma;
}
