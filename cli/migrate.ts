import type { Command } from "commander";
import { z } from "zod";
import { parseEnv, postgresUrlVariable } from "../lib/env.ts";
import { migrate } from "../prisma/migrate.ts";
import type { SchemaName } from "../prisma/schemas.ts";
import { layeredEnv } from "./env.ts";
import { createProgramLogger } from "./logger.ts";
import { print } from "./print.ts";
import { accessStore } from "./store-access.ts";

type Flags = {
  readonly whatsapp?: boolean;
  readonly check?: boolean;
  readonly storeUrl?: string;
  readonly databaseUrl?: string;
  readonly dataDir?: string;
};

const storeVariables = z.object({ PARALLAX_DATABASE_URL: postgresUrlVariable.optional(), PARALLAX_DATA_DIR: z.string().default(".parallax") });
const whatsappVariables = z.object({ DATABASE_URL: postgresUrlVariable.describe("--database-url: the application's PostgreSQL") });

/** `parallax migrate`: brings the store, or the application's schema, up to date. */
export function addMigrate(program: Command): void {
  program
    .command("migrate")
    .description("migrate the store's schema, or the application's")
    .option("--whatsapp", "the application's schema instead of the store's")
    .option("--check", "only say what would be applied; exit code 1 when something would")
    .option("--store-url <url>", "PostgreSQL of the store (PARALLAX_DATABASE_URL; default: embedded in the data directory)")
    .option("--database-url <url>", "PostgreSQL of the application, with --whatsapp (DATABASE_URL)")
    .option("--data-dir <folder>", "data directory of the embedded PostgreSQL (PARALLAX_DATA_DIR; default: .parallax)")
    .action((flags: Flags) => run(flags));
}

async function run(flags: Flags): Promise<void> {
  const source = layeredEnv({ flags: { PARALLAX_DATABASE_URL: flags.storeUrl, DATABASE_URL: flags.databaseUrl, PARALLAX_DATA_DIR: flags.dataDir } });
  if (flags.whatsapp === true) return apply("whatsapp", parseEnv("parallax migrate", whatsappVariables, source).DATABASE_URL, flags);
  const env = parseEnv("parallax migrate", storeVariables, source);
  const store = accessStore({ url: env.PARALLAX_DATABASE_URL, dataDir: env.PARALLAX_DATA_DIR, log: createProgramLogger("migrate", "warn") });
  try {
    return await apply("parallax", await store.locate(), flags);
  } finally {
    await store.close();
  }
}

async function apply(schema: SchemaName, url: string, { check }: Flags): Promise<void> {
  const { applied, pending } = await migrate({ url, schema, checkOnly: check === true });
  for (const name of applied) print(`applied ${schema} ${name}`);
  for (const name of pending) print(`pending ${schema} ${name}`);
  if (applied.length + pending.length === 0) print(`${schema}: up to date`);
  if (pending.length > 0) process.exitCode = 1;
}
