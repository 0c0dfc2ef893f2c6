import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { AppError, codeOf, messageOf } from "../lib/errors.ts";
import { freePort } from "../lib/free-port.ts";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import { waitUntil } from "../lib/processes.ts";

export type SystemName = "legacy" | "nest";
export const SYSTEM_NAMES: readonly SystemName[] = ["legacy", "nest"];

export type SystemSettings = {
  readonly databaseUrl: string;
  readonly authSecret: string;
  readonly allowedOrigins?: readonly string[];
  /** Further variables, of both systems. */
  readonly env?: Readonly<Record<string, string>>;
};

export type RunningSystem = {
  readonly name: SystemName;
  readonly baseUrl: string;
  /** What it has printed so far; the newest part. */
  readonly output: () => string;
  readonly stop: () => Promise<void>;
};

const START_TIMEOUT_MS = 60_000;
const PROBE_TIMEOUT_MS = 5_000;
const PROBE_EVERY_MS = 100;
const STOP_TIMEOUT_MS = 8_000;
const OUTPUT_CHARS = 20_000;
const HOST = "127.0.0.1";
/** Answers 401 without a token, without touching the database. */
const PROBE_PATH = "/api/whatsapp/sessions";

/** Process groups that still run: they die with the test run, also when it is cut off. */
const running = new Set<number>();
const killAll = (): void => running.forEach((pid) => signalGroup(pid, "SIGKILL"));
process.once("exit", killAll);
process.once("disconnect", killAll); // the runner is gone
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  process.once(signal, () => {
    killAll();
    process.kill(process.pid, signal);
  });
}

/** Starts one system as a child process on a free port and waits until it answers. Throws `SYSTEM_START_FAILED` with its output. */
export async function startSystem(name: SystemName, settings: SystemSettings): Promise<RunningSystem> {
  const port = await freePort(HOST);
  const child = spawn(process.execPath, argumentsOf(name, port), {
    cwd: PACKAGE_ROOT,
    env: environmentOf(settings, port),
    detached: true, // a group of its own: what it forks ends with it
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = collectOutput(child);
  const stop = (): Promise<void> => stopGroup(child);
  const baseUrl = `http://${HOST}:${port}`;
  if (child.pid !== undefined) running.add(child.pid);
  await waitUntil(async () => hasEnded(child) || (await answers(baseUrl)), START_TIMEOUT_MS, PROBE_EVERY_MS);
  if (!hasEnded(child) && (await answers(baseUrl))) return { name, baseUrl, output, stop };
  await stop();
  throw new AppError("SYSTEM_START_FAILED", `${name} did not answer on ${baseUrl} within ${START_TIMEOUT_MS} ms; it printed:\n${output()}`);
}

const path = (...parts: readonly string[]): string => join(PACKAGE_ROOT, ...parts);

function argumentsOf(name: SystemName, port: number): string[] {
  if (name === "legacy") {
    requireBuilt(path("demo", "legacy-next", ".next", "BUILD_ID"), name);
    return [path("node_modules", "next", "dist", "bin", "next"), "start", "demo/legacy-next", "-p", String(port), "-H", HOST];
  }
  requireBuilt(path("dist", "cli", "main.js"), name);
  return [path("bin", "parallax.js"), "api"];
}

function requireBuilt(file: string, name: SystemName): void {
  if (!existsSync(file)) throw new AppError("SYSTEM_NOT_BUILT", `${name} is not built: ${file} is missing; run \`node bin/prepare.js\` first`);
}

/** Nothing of the test runner's own environment but what a process needs to live. */
function environmentOf({ databaseUrl, authSecret, allowedOrigins = [], env = {} }: SystemSettings, port: number): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    ...Object.fromEntries(Object.entries({ PATH, HOME, TMPDIR }).filter(([, value]) => value !== undefined)),
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    LOG_LEVEL: "warn",
    HOST,
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    AUTH_SECRET: authSecret,
    ALLOWED_ORIGINS: allowedOrigins.join(","),
    ...env,
  };
}

async function answers(baseUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${baseUrl}${PROBE_PATH}`, { redirect: "manual", signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    await response.arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

function collectOutput(child: ChildProcess): () => string {
  let text = "";
  const append = (chunk: unknown): void => {
    text = `${text}${String(chunk)}`.slice(-OUTPUT_CHARS);
  };
  child.stdout?.on("data", append);
  child.stderr?.on("data", append);
  child.once("error", (error) => append(messageOf(error)));
  return () => text;
}

const hasEnded = (child: ChildProcess): boolean => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

async function stopGroup(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  signalGroup(pid, "SIGTERM");
  if (!(await waitUntil(() => hasEnded(child), STOP_TIMEOUT_MS))) signalGroup(pid, "SIGKILL");
  await waitUntil(() => hasEnded(child), STOP_TIMEOUT_MS);
  signalGroup(pid, "SIGKILL"); // what it may have left behind
  running.delete(pid);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (codeOf(error) !== "ESRCH") throw error;
  }
}
