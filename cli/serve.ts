import { existsSync } from "node:fs";
import type { Command } from "commander";
import { AppError } from "../lib/errors.ts";
import type { EnvSource } from "../lib/env.ts";
import { isPortFree } from "../lib/free-port.ts";
import type { Logger } from "../lib/log.ts";
import { installShutdown } from "../lib/shutdown.ts";
import { summaryPages } from "../reports/pages.ts";
import { createShadow } from "../shadow/app.ts";
import { parseConfig, readConfigFile, type FileOptions, type ShadowConfig } from "../shadow/config.ts";
import { auditKeyOf, opsTokensOf, parseServeEnv, redactKeyOf, sendKeyOf, type ServeEnv } from "../shadow/env.ts";
import { tapSettingsOf } from "../shadow/realtime-env.ts";
import { layeredEnv } from "./env.ts";
import { createProgramLogger } from "./logger.ts";
import { accessStore } from "./store-access.ts";

const GRACE_MS = 30_000;
const DEFAULT_CONFIG = "parallax.yaml";

type Flags = { readonly [flag: string]: string | undefined };

/** `parallax serve`: the shadow proxy for real systems. */
export function addServe(program: Command): void {
  program
    .command("serve")
    .description("start the shadow proxy")
    .option("--config <file>", "configuration file (PARALLAX_CONFIG; default: parallax.yaml when it exists)")
    .option("--legacy <url>", "the legacy system, which answers clients at first (LEGACY_URL; required)")
    .option("--candidate <url>", "the new system, nest (CANDIDATE_URL; required)")
    .option("--port <port>", "public port (PORT; default: 8080)")
    .option("--ops-port <port>", "summary, ops API and metrics (OPS_PORT; default: 8081)")
    .option("--tap-port <port>", "Pusher HTTP API of the tap (TAP_PORT; default: 8082)")
    .option(
      "--realtime-url <url>",
      "the real Pusher server, http://KEY:SECRET@host:port/apps/APP_ID (SOKETI_URL; default: emissions are not forwarded)",
    )
    .option("--host <host>", "address to listen on (HOST; default: 127.0.0.1)")
    .option("--store-url <url>", "PostgreSQL of the store (PARALLAX_DATABASE_URL; default: embedded in the data directory)")
    .option("--data-dir <folder>", "embedded PostgreSQL, last known stages, keys (PARALLAX_DATA_DIR; default: .parallax)")
    .option("--log-level <level>", "fatal, error, warn, info, debug, trace, silent (LOG_LEVEL; default: info)")
    .action((flags: Flags) => serve(flags));
}

async function serve(flags: Flags): Promise<void> {
  const { config, env } = readSettings(flags);
  const tap = tapSettingsOf(env, config.emissions.mode);
  for (const port of [env.PORT, env.OPS_PORT, ...(tap === undefined ? [] : [tap.port])]) await expectFree(port, env.HOST);
  const log = createProgramLogger("serve", env.LOG_LEVEL);
  const { tokens, madeIn } = opsTokensOf(env);
  warnOfGaps(env, log, madeIn);
  const store = accessStore({ url: env.PARALLAX_DATABASE_URL, dataDir: env.PARALLAX_DATA_DIR, log });
  const app = createShadow({
    settings: {
      config,
      legacyUrl: env.LEGACY_URL,
      candidateUrl: env.CANDIDATE_URL,
      host: env.HOST,
      port: env.PORT,
      opsPort: env.OPS_PORT,
      dataDir: env.PARALLAX_DATA_DIR,
      opsTokens: tokens,
      isMetricsPublic: env.METRICS_PUBLIC,
      shadowSecret: env.PARALLAX_SHADOW_SECRET,
      redactKey: redactKeyOf(env),
      auditKey: auditKeyOf(env),
      authSecret: env.AUTH_SECRET,
      sendKey: sendKeyOf(env),
      tap,
    },
    log,
    locateStore: store.locate,
    pages: summaryPages,
  });
  installShutdown({
    log,
    graceMs: GRACE_MS,
    steps: [
      { name: "proxy", run: () => app.stop() },
      { name: "store", run: () => store.close() },
    ],
  });
  const { port, opsPort, tapPort = null } = await app.start();
  log.info({ port, opsPort, tapPort }, "parallax ready");
}

function readSettings(flags: Flags): { readonly config: ShadowConfig; readonly env: ServeEnv } {
  const named = layeredEnv({ flags: { PARALLAX_CONFIG: flags["config"] } })["PARALLAX_CONFIG"];
  const file = named ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined);
  const { config, options } = file === undefined ? parseConfig("", "no configuration file") : readConfigFile(file);
  return { config, env: parseServeEnv(layeredEnv({ flags: variablesOf(flags), file: variablesOf(options) })) };
}

/** Options by the names of their variables. */
function variablesOf(options: Flags | FileOptions): EnvSource {
  const given = options as Readonly<Record<string, string | number | undefined>>;
  const text = (name: string): string | undefined => (given[name] === undefined ? undefined : String(given[name]));
  return {
    LEGACY_URL: text("legacy"),
    CANDIDATE_URL: text("candidate"),
    PORT: text("port"),
    OPS_PORT: text("opsPort"),
    TAP_PORT: text("tapPort"),
    SOKETI_URL: text("realtimeUrl"),
    HOST: text("host"),
    PARALLAX_DATABASE_URL: text("storeUrl"),
    PARALLAX_DATA_DIR: text("dataDir"),
    LOG_LEVEL: text("logLevel"),
  };
}

async function expectFree(port: number, host: string): Promise<void> {
  if (port !== 0 && !(await isPortFree(port, host)))
    throw new AppError("USAGE_PORT_IN_USE", `port ${port} on ${host} is in use; give another one (--port, --ops-port, --tap-port)`);
}

function warnOfGaps(env: ServeEnv, log: Logger, tokenFile: string | undefined): void {
  if (tokenFile !== undefined) log.info({ file: tokenFile }, "no PARALLAX_OPS_TOKENS: the releaser's token of the ops API is in this file");
  if (env.PARALLAX_SHADOW_SECRET === undefined)
    log.warn({}, "no PARALLAX_SHADOW_SECRET: candidate calls carry no role header, the new system cannot tell them from real ones");
  if (env.TAP_LEGACY_APP !== undefined && env.SOKETI_URL === undefined)
    log.warn({}, "no SOKETI_URL (--realtime-url): emissions are captured and go nowhere");
  if (env.AUTH_SECRET === undefined)
    log.warn({}, "no AUTH_SECRET: tokens cannot be verified, the send ledger is weak: a refreshed token is another scope");
}
