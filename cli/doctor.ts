import { existsSync } from "node:fs";
import type { Command } from "commander";
import { AppError, EXIT } from "../lib/errors.ts";
import type { EnvSource } from "../lib/env.ts";
import { parseConfig, readConfigFile, type FileOptions, type ShadowConfig } from "../shadow/config.ts";
import { compareWithReal } from "../shadow/transparency/compare-with-real.ts";
import { isFine, renderResults, rowsSeen } from "../shadow/transparency/render-results.ts";
import { runSelfTest } from "../shadow/transparency/self-test.ts";
import { readFamilies } from "../shadow/store/families.ts";
import { renderCheck, type CheckResult } from "./doctor/check.ts";
import { examine, type Deployment } from "./doctor/deployment.ts";
import { parseAddresses, parseDoctorEnv, parseLegacy } from "./doctor/doctor-env.ts";
import { startOwnProxy } from "./doctor/own-proxy.ts";
import { examineRetired } from "./doctor/retired.ts";
import { layeredEnv } from "./env.ts";
import { createProgramLogger } from "./logger.ts";
import { print } from "./print.ts";
import { accessStore } from "./store-access.ts";
import { withStore } from "./with-store.ts";

type Flags = {
  readonly transparency?: boolean;
  readonly retired?: boolean;
  readonly json?: boolean;
  readonly config?: string;
  readonly legacy?: string;
  readonly candidate?: string;
  readonly proxy?: string;
  readonly path: readonly string[];
  readonly token?: string;
  readonly hostHeader?: string;
  readonly storeUrl?: string;
  readonly dataDir?: string;
};

const DEFAULT_CONFIG = "parallax.yaml";
const DEFAULT_PATH = "/api/whatsapp/sessions";
/** Written into a request as it is: nothing that could end a line. */
const PLAIN = /^[\u0021-\u007e]+$/;

/** `parallax doctor`: checks a deployment, or that a proxy cannot be told from the system behind it. */
export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description("check a deployment: systems, secrets, tokens, store, clocks; or, with --transparency, direct against through the proxy")
    .option("--transparency", "compare direct with through; without --legacy and --proxy against a scripted system and a proxy of its own")
    .option("--retired", "fail when legacy, asked directly, still answers a route of a retired family; for CI")
    .option("--json", "one JSON object instead of lines")
    .option("--config <file>", "configuration file (PARALLAX_CONFIG; default: parallax.yaml when it exists)")
    .option("--legacy <url>", "the legacy system (LEGACY_URL)")
    .option("--candidate <url>", "the new system, nest (CANDIDATE_URL)")
    .option("--proxy <url>", "the public URL of the proxy, with --transparency (PROXY_URL)")
    .option("--path <path>", `a path to read; may be repeated (default: ${DEFAULT_PATH})`, collect, [])
    .option("--token <token>", "a bearer token for the reads (PARALLAX_DOCTOR_TOKEN)")
    .option("--host-header <name>", "what clients put in Host, with --transparency (default: that of --legacy)")
    .option("--store-url <url>", "PostgreSQL of the store (PARALLAX_DATABASE_URL; default: embedded in the data directory)")
    .option("--data-dir <folder>", "data directory (PARALLAX_DATA_DIR; default: .parallax)")
    .action((flags: Flags) => run(flags));
}

const collect = (path: string, paths: readonly string[]): readonly string[] => [...paths, path];

async function run(flags: Flags): Promise<void> {
  const named = layeredEnv({ flags: { PARALLAX_CONFIG: flags.config } })["PARALLAX_CONFIG"];
  const file = named ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined);
  const { config, options } = file === undefined ? parseConfig("", "no configuration file") : readConfigFile(file);
  const source = layeredEnv({ flags: variablesOf(flags), file: variablesOf(options) });
  const token = expectPlain("--token", source["PARALLAX_DOCTOR_TOKEN"]);
  const paths = (flags.path.length === 0 ? [DEFAULT_PATH] : flags.path).map(expectPath);
  const isFineAll =
    flags.retired === true
      ? await checkRetired(flags, source)
      : flags.transparency === true
        ? await compareTransparency(flags, { source, paths, token })
        : await checkDeployment(flags, { config, source, paths, token });
  process.exitCode = isFineAll ? EXIT.done : EXIT.failed;
}

type Asked = { readonly source: EnvSource; readonly paths: readonly string[]; readonly token: string | undefined };

async function compareTransparency(flags: Flags, { source, paths, token }: Asked): Promise<boolean> {
  const isReal = flags.legacy !== undefined || flags.proxy !== undefined;
  const results = isReal ? await compareReal(flags, { source, paths, token }) : await runSelfTest(startOwnProxy);
  if (flags.json === true)
    print(
      JSON.stringify({ schema: "parallax.transparency/v1", against: isReal ? "legacy" : "scripted", cases: results, onPurpose: rowsSeen(results) }),
    );
  else for (const line of renderResults(results)) print(line);
  return results.every(isFine);
}

function compareReal({ hostHeader }: Flags, { source, paths, token }: Asked): ReturnType<typeof compareWithReal> {
  const { LEGACY_URL, PROXY_URL } = parseAddresses(source);
  const host = expectPlain("--host-header", hostHeader) ?? new URL(LEGACY_URL).host;
  return compareWithReal({ legacyUrl: LEGACY_URL, proxyUrl: PROXY_URL, paths, host, token });
}

async function checkDeployment(flags: Flags, { config, source, paths, token }: Asked & { readonly config: ShadowConfig }): Promise<boolean> {
  const env = parseDoctorEnv(source);
  const store = accessStore({ url: env.PARALLAX_DATABASE_URL, dataDir: env.PARALLAX_DATA_DIR, log: createProgramLogger("doctor", "silent") });
  try {
    const checks = await examine({ env, locateStore: store.locate, token, path: onBoth(config, paths[0] ?? DEFAULT_PATH) });
    if (flags.json === true) print(JSON.stringify({ schema: "parallax.doctor/v1", checks }));
    else for (const each of checks) print(renderCheck(each));
    return checks.every(({ outcome }) => outcome !== "failed");
  } finally {
    await store.close();
  }
}

async function checkRetired(flags: Flags, source: EnvSource): Promise<boolean> {
  const { LEGACY_URL } = parseLegacy(source);
  let checks: readonly CheckResult[] = [];
  await withStore(flags, async ({ store, config }) => {
    const retired = (await readFamilies(store)).filter(({ stage }) => stage === "retired").map(({ family }) => family);
    checks = await examineRetired(LEGACY_URL, config.endpoints, new Set(retired));
    if (flags.json === true) print(JSON.stringify({ schema: "parallax.doctor/v1", retired, checks }));
    else if (retired.length === 0) print("no family is retired");
    else for (const each of checks) print(renderCheck(each));
  });
  return checks.every(({ outcome }) => outcome !== "failed");
}

/** Where nest has the path, as the configuration says. */
function onBoth({ endpoints }: ShadowConfig, path: string): Deployment["path"] {
  const endpoint = endpoints.find(({ match }) => match.some((each) => each.method === "GET" && each.path === path));
  return { legacy: path, nest: endpoint?.candidatePath ?? path };
}

function variablesOf(options: Flags | FileOptions): EnvSource {
  const given = options as Readonly<Record<string, string | number | undefined>>;
  const text = (name: string): string | undefined => (given[name] === undefined ? undefined : String(given[name]));
  return {
    LEGACY_URL: text("legacy"),
    CANDIDATE_URL: text("candidate"),
    PROXY_URL: text("proxy"),
    PORT: text("port"),
    OPS_PORT: text("opsPort"),
    TAP_PORT: text("tapPort"),
    HOST: text("host"),
    PARALLAX_DATABASE_URL: text("storeUrl"),
    PARALLAX_DATA_DIR: text("dataDir"),
    PARALLAX_DOCTOR_TOKEN: text("token"),
  };
}

function expectPlain(option: string, value: string | undefined): string | undefined {
  if (value === undefined || PLAIN.test(value)) return value;
  throw new AppError("USAGE_INVALID", `${option}: expected printable ASCII without spaces`);
}

function expectPath(path: string): string {
  if (path.startsWith("/") && PLAIN.test(path)) return path;
  throw new AppError("USAGE_INVALID", `--path: expected a path such as /api/whatsapp/sessions, got "${path.replaceAll(/[^\u0020-\u007e]/g, ".")}"`);
}
