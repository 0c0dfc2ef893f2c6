import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { createLogger } from "../lib/log.ts";
import { startEmbeddedPostgres } from "../prisma/embedded/embedded-postgres.ts";
import { clusterFolder, serverUser } from "../prisma/embedded/server-user.ts";
import { migrate } from "../prisma/migrate.ts";
import { TEMPLATE, type PostgresForTests } from "./database.ts";

declare module "vitest" {
  interface ProvidedContext {
    postgres: PostgresForTests;
  }
}

/** One PostgreSQL for a whole run, with one migrated template database per schema. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), "parallax-test-"));
  const log = createLogger({ program: "test", level: "warn" });
  const postgres = await startEmbeddedPostgres({ dataDir, log, durable: false });
  for (const schema of ["whatsapp", "parallax"] as const) await migrate({ schema, url: await postgres.ensureDatabase(TEMPLATE[schema]) });
  project.provide("postgres", { adminUrl: postgres.urlOf("postgres") });
  return async () => {
    await postgres.stop();
    await rm(clusterFolder(dataDir, serverUser()), { recursive: true, force: true });
    await rm(dataDir, { recursive: true, force: true });
  };
}
