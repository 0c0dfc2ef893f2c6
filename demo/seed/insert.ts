import { Client } from "pg";
import { AppError } from "../../lib/errors.ts";
import type { DemoRows } from "./rows.ts";

const CHUNK_ROWS = 2_500;
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 60_000;

/** Inserts all rows in one transaction. Throws `SEED_NOT_EMPTY` when the demo's tenants are there already. */
export async function insertRows(url: string, rows: DemoRows): Promise<void> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    application_name: "parallax seed",
  });
  await client.connect();
  try {
    await client.query("begin");
    await refuseSecondSeed(client, rows);
    for (const [table, list] of Object.entries(rows)) await insertTable(client, table, list);
    await client.query("commit");
    await client.query(`analyze ${Object.keys(rows).join(", ")}`);
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    await client.end();
  }
}

async function refuseSecondSeed(client: Client, { tenants }: DemoRows): Promise<void> {
  const { rowCount } = await client.query("select 1 from public.tenants where id = any($1)", [tenants.map(({ id }) => id)]);
  if (rowCount !== 0) throw new AppError("SEED_NOT_EMPTY", "the database holds the demo's tenants already; seed an empty one");
}

/** One statement a chunk: the server turns a JSON list into rows, with the table's own column types. */
async function insertTable(client: Client, table: string, list: readonly object[]): Promise<void> {
  const [first] = list;
  if (first === undefined) return;
  const columns = Object.keys(first)
    .map((column) => `"${column}"`)
    .join(", ");
  const sql = `insert into public."${table}" (${columns}) select ${columns} from json_populate_recordset(null::public."${table}", $1)`;
  let running: Promise<unknown> = Promise.resolve();
  for (let start = 0; start < list.length; start += CHUNK_ROWS) {
    const chunk = JSON.stringify(list.slice(start, start + CHUNK_ROWS)); // while the server works on the one before
    await running;
    running = client.query(sql, [chunk]);
  }
  await running;
}
