import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { z } from "zod";
import { parseDuration } from "../lib/duration.ts";
import { parseEnv, postgresUrlVariable } from "../lib/env.ts";
import { AppError } from "../lib/errors.ts";
import { readReport } from "../reports/read-report.ts";
import { isReportFormat, renderReport, REPORT_FORMATS, type ReportFormat } from "../reports/render-report.ts";
import { parseConfig, readConfigFile, type ShadowConfig } from "../shadow/config.ts";
import { connectStore, migrateStore } from "../shadow/store/store.ts";
import { layeredEnv } from "./env.ts";
import { createProgramLogger } from "./logger.ts";
import { print } from "./print.ts";
import { accessStore } from "./store-access.ts";

type Flags = {
  readonly format: string;
  readonly since: string;
  readonly endpoint?: string;
  readonly out?: string;
  readonly config?: string;
  readonly storeUrl?: string;
  readonly dataDir?: string;
};

const variables = z.object({
  PARALLAX_DATABASE_URL: postgresUrlVariable.optional(),
  PARALLAX_DATA_DIR: z.string().default(".parallax"),
  PARALLAX_CONFIG: z.string().optional(),
});

/** `parallax report`: a report from what the store holds. */
export function addReport(program: Command): void {
  program
    .command("report")
    .description("build a report from the store")
    .option("--format <format>", REPORT_FORMATS.join(", "), "html")
    .option("--since <duration>", "how far back, such as 30m, 24h, 7d", "24h")
    .option("--endpoint <id>", "only this endpoint")
    .option("--out <file>", "where to write it (default: standard output; html: .parallax/reports/)")
    .option("--config <file>", "configuration file (PARALLAX_CONFIG; default: parallax.yaml when it exists)")
    .option("--store-url <url>", "PostgreSQL of the store (PARALLAX_DATABASE_URL; default: embedded in the data directory)")
    .option("--data-dir <folder>", "data directory (PARALLAX_DATA_DIR; default: .parallax)")
    .action((flags: Flags) => run(flags));
}

async function run(flags: Flags): Promise<void> {
  const { format, sinceMs, config, env } = readOptions(flags);
  const store = accessStore({ url: env.PARALLAX_DATABASE_URL, dataDir: env.PARALLAX_DATA_DIR, log: createProgramLogger("report", "warn") });
  try {
    const url = await store.locate();
    await migrateStore(url);
    const client = connectStore({ url, poolMax: 4, applicationName: "parallax report" });
    const page = await readReport(client, { config, sinceMs, endpoint: flags.endpoint });
    await client.$disconnect();
    write(renderReport(page, format), { format, out: flags.out, dataDir: env.PARALLAX_DATA_DIR });
  } finally {
    await store.close();
  }
}

function readOptions(flags: Flags): {
  readonly format: ReportFormat;
  readonly sinceMs: number;
  readonly config: ShadowConfig;
  readonly env: z.infer<typeof variables>;
} {
  const { format, since, endpoint } = flags;
  if (!isReportFormat(format)) throw new AppError("USAGE_INVALID", `--format: expected ${REPORT_FORMATS.join(", ")}, got "${format}"`);
  const sinceMs = parseDuration(since);
  if (sinceMs === undefined) throw new AppError("USAGE_INVALID", `--since: expected a duration like 30m, 24h or 7d, got "${since}"`);
  const source = layeredEnv({ flags: { PARALLAX_CONFIG: flags.config, PARALLAX_DATABASE_URL: flags.storeUrl, PARALLAX_DATA_DIR: flags.dataDir } });
  const env = parseEnv("parallax report", variables, source);
  const file = env.PARALLAX_CONFIG ?? (existsSync("parallax.yaml") ? "parallax.yaml" : undefined);
  const { config } = file === undefined ? parseConfig("extends: whatsapp", "preset") : readConfigFile(file);
  if (endpoint !== undefined && !config.endpoints.some(({ id }) => id === endpoint) && !config.emissions.events.has(endpoint))
    throw new AppError("USAGE_INVALID", `--endpoint: there is no endpoint or event "${endpoint}" in the configuration`);
  return { format, sinceMs, config, env };
}

function write(
  text: string,
  { format, out, dataDir }: { readonly format: ReportFormat; readonly out: string | undefined; readonly dataDir: string },
): void {
  const file = out ?? (format === "html" ? join(dataDir, "reports", `report-${new Date().toISOString().replaceAll(/[:.]/g, "-")}.html`) : undefined);
  if (file === undefined) {
    process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
    return;
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  print(`report written to ${file}`);
}
