import { existsSync } from "node:fs";
import type { Command } from "commander";
import { z } from "zod";
import { parseEnv, postgresUrlVariable, secretVariable } from "../lib/env.ts";
import { DEFAULT_FAMILY, parseConfig, readConfigFile } from "../shadow/config.ts";
import type { GateConfig } from "../shadow/core/gate/needed-facts.ts";
import { auditKeyOf, sendKeyOf } from "../shadow/env.ts";
import { seedFamilies } from "../shadow/store/families.ts";
import { connectStore, migrateStore, type StoreClient } from "../shadow/store/store.ts";
import { layeredEnv } from "./env.ts";
import { createProgramLogger } from "./logger.ts";
import { accessStore } from "./store-access.ts";

/** What verbs that work on the store have in common. */
export type StoreFlags = { readonly config?: string; readonly storeUrl?: string; readonly dataDir?: string };

export type OpenStore = {
  readonly store: StoreClient;
  readonly config: GateConfig;
  readonly auditKey: string;
  readonly sendKey: string;
  readonly dataDir: string;
};

const DEFAULT_CONFIG = "parallax.yaml";

const variables = z.object({
  PARALLAX_DATABASE_URL: postgresUrlVariable.optional(),
  PARALLAX_DATA_DIR: z.string().default(".parallax"),
  PARALLAX_CONFIG: z.string().optional(),
  PARALLAX_AUDIT_KEY: secretVariable.optional(),
  PARALLAX_SEND_KEY: secretVariable.optional(),
});

export function addStoreOptions(command: Command): Command {
  return command
    .option("--config <file>", "configuration file (PARALLAX_CONFIG; default: parallax.yaml when it exists)")
    .option("--store-url <url>", "PostgreSQL of the store (PARALLAX_DATABASE_URL; default: embedded in the data directory)")
    .option("--data-dir <folder>", "data directory (PARALLAX_DATA_DIR; default: .parallax)");
}

/** Opens the store of the flags, migrated and with every configured family, for as long as `work` takes. */
export async function withStore(flags: StoreFlags, work: (open: OpenStore) => Promise<void> | void): Promise<void> {
  const source = { PARALLAX_CONFIG: flags.config, PARALLAX_DATABASE_URL: flags.storeUrl, PARALLAX_DATA_DIR: flags.dataDir };
  const env = parseEnv("parallax", variables, layeredEnv({ flags: source }));
  const file = env.PARALLAX_CONFIG ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined);
  const { config } = file === undefined ? parseConfig("extends: whatsapp", "the whatsapp preset") : readConfigFile(file);
  const { [DEFAULT_FAMILY]: _passedOn, ...families } = config.families;
  const access = accessStore({ url: env.PARALLAX_DATABASE_URL, dataDir: env.PARALLAX_DATA_DIR, log: createProgramLogger("store", "warn") });
  try {
    const url = await access.locate();
    await migrateStore(url);
    const store = connectStore({ url, poolMax: 4, applicationName: "parallax cli" });
    try {
      await seedFamilies(store, Object.fromEntries(Object.entries(families).map(([family, { stage }]) => [family, stage])));
      await work({
        store,
        auditKey: auditKeyOf(env),
        sendKey: sendKeyOf(env),
        dataDir: env.PARALLAX_DATA_DIR,
        config: { endpoints: config.endpoints, families, gate: config.gate, emissions: config.emissions },
      });
    } finally {
      await store.$disconnect();
    }
  } finally {
    await access.close();
  }
}
