import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError, exitCodeOf, messageOf } from "../lib/errors.ts";
import { createLogger } from "../lib/log.ts";
import { startEmbeddedPostgres } from "./embedded/embedded-postgres.ts";
import { migrate } from "./migrate.ts";
import { diffToSchema } from "./schema-engine.ts";
import { schemaFolder, type SchemaName } from "./schemas.ts";

/** `npm run migration -- whatsapp|parallax NAME`: writes what leads from the migrations so far to `schema.prisma`. */
async function main(): Promise<void> {
  const [schema = "", name = ""] = process.argv.slice(2);
  if (schema !== "whatsapp" && schema !== "parallax") throw new AppError("USAGE_INVALID", `expected whatsapp or parallax, got "${schema}"`);
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new AppError("USAGE_INVALID", `expected a name of lower-case words with underscores, got "${name}"`);
  const sql = await diffFromMigrations(schema);
  if (sql.startsWith("-- This is an empty migration")) return void process.stdout.write(`${schema}: the migrations lead to the schema already\n`);
  const folder = join(schemaFolder(schema), "migrations", `${new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14)}_${name}`);
  await mkdir(folder);
  await writeFile(join(folder, "migration.sql"), `${sql}\n`);
  process.stdout.write(`wrote ${folder}/migration.sql; read it before you commit it\n`);
  return undefined;
}

async function diffFromMigrations(schema: SchemaName): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), "parallax-migration-"));
  const postgres = await startEmbeddedPostgres({ dataDir, durable: false, log: createLogger({ program: "migration", level: "warn" }) });
  try {
    const url = await postgres.ensureDatabase("migrated");
    await migrate({ url, schema });
    return await diffToSchema(schema, url, "database");
  } finally {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

try {
  await main();
  process.exit();
} catch (error) {
  process.stderr.write(`migration: ${messageOf(error)}\n`);
  process.exit(exitCodeOf(error));
}
