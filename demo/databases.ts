import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { AppError } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import { isAlive } from "../lib/processes.ts";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../prisma/embedded/embedded-postgres.ts";
import { readEndpoint } from "../prisma/embedded/endpoint-file.ts";
import { clusterLink } from "../prisma/embedded/server-user.ts";
import { migrate } from "../prisma/migrate.ts";
import { seedDemo } from "./seed/seed.ts";

const STORE_DATABASE = "parallax";
const WHATSAPP_DATABASE = "demo_whatsapp";
/** Says that a data directory is the demo's, which it may empty. */
const MARKER = "made-by-demo";

export type DemoDatabases = { readonly postgres: EmbeddedPostgres; readonly storeUrl: string; readonly whatsappUrl: string };

/** The embedded PostgreSQL with a store and a seeded application database, both fresh unless they are kept. */
export async function prepareDatabases({
  dataDir,
  isKept,
  log,
}: {
  readonly dataDir: string;
  readonly isKept: boolean;
  readonly log: Logger;
}): Promise<DemoDatabases> {
  await claim(dataDir);
  const postgres = await startEmbeddedPostgres({ dataDir, log, durable: false });
  try {
    if (!isKept) await forget(postgres, dataDir);
    const storeUrl = await postgres.ensureDatabase(STORE_DATABASE);
    const isNew = !(await exists(postgres, WHATSAPP_DATABASE));
    const whatsappUrl = await postgres.ensureDatabase(WHATSAPP_DATABASE);
    await migrate({ url: whatsappUrl, schema: "whatsapp" });
    if (isNew) await seedDemo({ url: whatsappUrl, now: new Date() });
    return { postgres, storeUrl, whatsappUrl };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

/** The demo empties what it finds: only a directory of its own, and only when nobody else is using it. */
async function claim(dataDir: string): Promise<void> {
  const endpoint = await readEndpoint(dataDir);
  if (endpoint !== undefined && endpoint.ownerPid !== process.pid && isAlive(endpoint.ownerPid)) {
    throw new AppError("USAGE_DATA_DIR", `${dataDir} is in use by process ${endpoint.ownerPid}; give the demo another --data-dir`);
  }
  const marker = join(dataDir, MARKER);
  const isForeign = existsSync(join(clusterLink(dataDir), "data")) && !existsSync(marker);
  if (isForeign)
    throw new AppError("USAGE_DATA_DIR", `${dataDir} holds a store that the demo did not make and would empty; give the demo another --data-dir`);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(marker, "The demo empties this directory's databases at every start.\n");
}

async function forget(postgres: EmbeddedPostgres, dataDir: string): Promise<void> {
  await onAdminDatabase(postgres, async (client) => {
    for (const name of [STORE_DATABASE, WHATSAPP_DATABASE])
      await client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`);
  });
  // What belongs to the databases that are gone: last known stages, paired phones, messages that waited.
  for (const name of ["stages.json", "audit-head.json", "whatsapp", "spool"]) rmSync(join(dataDir, name), { recursive: true, force: true });
}

function exists(postgres: EmbeddedPostgres, name: string): Promise<boolean> {
  return onAdminDatabase(postgres, async (client) => (await client.query("select 1 from pg_database where datname = $1", [name])).rowCount === 1);
}

async function onAdminDatabase<Result>(postgres: EmbeddedPostgres, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: postgres.urlOf("postgres") });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
