import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { AppError, messageOf } from "../lib/errors.ts";
import { DATABASE_SCHEMA, schemaFolder, type SchemaName } from "./schemas.ts";

/** The key Prisma's own `migrate deploy` locks, so that the two never run at once. */
const ADVISORY_LOCK = 72_707_369;
const CONNECT_TIMEOUT_MS = 5_000;

/** Prisma's table, column for column: `prisma migrate deploy` elsewhere takes over from here and back. */
const MIGRATIONS_TABLE = `create table if not exists _prisma_migrations (
  id varchar(36) primary key not null, checksum varchar(64) not null, finished_at timestamptz,
  migration_name varchar(255) not null, logs text, rolled_back_at timestamptz,
  started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`;

export type MigrateOptions = {
  readonly url: string;
  readonly schema: SchemaName;
  /** Only say what would be applied. */
  readonly checkOnly?: boolean;
};

export type MigrateResult = { readonly applied: readonly string[]; readonly pending: readonly string[] };

type Migration = { readonly name: string; readonly sql: string; readonly checksum: string };

/**
 * Applies the SQL migrations of one schema in order, each in a transaction, under an advisory lock.
 * Throws `DATABASE_UNREACHABLE`, `MIGRATION_EDITED` (an applied file was changed) or `MIGRATION_FAILED`.
 */
export async function migrate({ url, schema, checkOnly = false }: MigrateOptions): Promise<MigrateResult> {
  const migrations = await readMigrations(schema);
  const client = await connect(url);
  try {
    if (checkOnly) return { applied: [], pending: pendingOf(migrations, await appliedMigrations(client, schema)).map(({ name }) => name) };
    await client.query("select pg_advisory_lock($1)", [ADVISORY_LOCK]);
    await client.query(`create schema if not exists "${DATABASE_SCHEMA[schema]}"`);
    await client.query(`set search_path to "${DATABASE_SCHEMA[schema]}"`);
    await client.query(MIGRATIONS_TABLE);
    const pending = pendingOf(migrations, await appliedMigrations(client, schema));
    for (const migration of pending) await apply(client, migration);
    return { applied: pending.map(({ name }) => name), pending: [] };
  } finally {
    await client.end();
  }
}

async function readMigrations(schema: SchemaName): Promise<Migration[]> {
  const folder = join(schemaFolder(schema), "migrations");
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.toSorted().map(async (name) => {
      const sql = await readFile(join(folder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS, application_name: "parallax migrate" });
  try {
    await client.connect();
    return client;
  } catch (error) {
    const { host, pathname } = new URL(url);
    throw new AppError("DATABASE_UNREACHABLE", `cannot reach PostgreSQL at ${host}${pathname}: ${messageOf(error)}`, { cause: error });
  }
}

/** Name → checksum of what was finished and not rolled back. */
async function appliedMigrations(client: Client, schema: SchemaName): Promise<Map<string, string>> {
  const table = `"${DATABASE_SCHEMA[schema]}"._prisma_migrations`;
  const { rows: found } = await client.query<{ exists: boolean }>("select to_regclass($1) is not null as exists", [table]);
  if (found[0]?.exists !== true) return new Map();
  const { rows } = await client.query<{ migration_name: string; checksum: string }>(
    `select migration_name, checksum from ${table} where finished_at is not null and rolled_back_at is null`,
  );
  return new Map(rows.map((row) => [row.migration_name, row.checksum]));
}

function pendingOf(migrations: readonly Migration[], applied: ReadonlyMap<string, string>): Migration[] {
  for (const { name, checksum } of migrations) {
    const known = applied.get(name);
    if (known !== undefined && known !== checksum) {
      throw new AppError("MIGRATION_EDITED", `migration ${name} was changed after it had been applied; restore the file and add a new migration`);
    }
  }
  return migrations.filter(({ name }) => !applied.has(name));
}

async function apply(client: Client, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query("begin");
    await client.query(sql);
    await client.query(
      "insert into _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) values ($1, $2, $3, now(), 1)",
      [randomUUID(), checksum, name],
    );
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw new AppError("MIGRATION_FAILED", `migration ${name} failed and was rolled back: ${messageOf(error)}`, { cause: error });
  }
}
