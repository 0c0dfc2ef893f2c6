import { Pool, type QueryResultRow } from "pg";
import type { Logger } from "../lib/log.ts";
import { messageOf } from "../lib/errors.ts";

const POOL_MAX = 10;
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 10_000;

/** The database's clock as the columns hold time: UTC, without a zone. */
export const UTC_NOW = "(now() at time zone 'utc')";

/** One statement at a time, each a transaction of its own: what belongs together is one statement. */
export type Database = {
  readonly query: <Row extends QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<Row[]>;
  readonly close: () => Promise<void>;
};

/** The application's database. Connects with the first query. */
export function createDatabase(url: string, log: Logger): Database {
  const pool = new Pool({
    connectionString: url,
    max: POOL_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + 1_000,
    application_name: "parallax worker",
    keepAlive: true,
  });
  pool.on("error", (error) => log.warn({ reason: messageOf(error) }, "an idle database connection was lost"));
  return {
    query: async <Row extends QueryResultRow>(text: string, values: readonly unknown[] = []) => (await pool.query<Row>(text, [...values])).rows,
    close: () => pool.end(),
  };
}
