import { PrismaPg } from "@prisma/adapter-pg";
import { DATABASE_SCHEMA } from "./schemas.ts";
import { PrismaClient as StoreClient } from "./generated/parallax/client.ts";
import { PrismaClient as WhatsappClient } from "./generated/whatsapp/client.ts";

export type ClientOptions = {
  readonly url: string;
  /** Connections at most. */
  readonly poolMax: number;
  /** How long a query waits for a free connection, or for a new one, before it fails. */
  readonly connectTimeoutMs: number;
  /** The server cancels a statement after this. */
  readonly statementTimeoutMs?: number;
  readonly applicationName: string;
};

function poolConfig({ url, poolMax, connectTimeoutMs, statementTimeoutMs, applicationName }: ClientOptions) {
  return {
    connectionString: url,
    max: poolMax,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: applicationName,
    keepAlive: true,
    ...(statementTimeoutMs === undefined ? {} : { statement_timeout: statementTimeoutMs, query_timeout: statementTimeoutMs + 1_000 }),
  };
}

/** A client of the application's database. It connects with the first query. */
export function createWhatsappClient(options: ClientOptions): WhatsappClient {
  return new WhatsappClient({ adapter: new PrismaPg(poolConfig(options), { schema: DATABASE_SCHEMA.whatsapp }) });
}

/** A client of the proxy's store. It connects with the first query. */
export function createStoreClient(options: ClientOptions): StoreClient {
  return new StoreClient({ adapter: new PrismaPg(poolConfig(options), { schema: DATABASE_SCHEMA.parallax }) });
}
