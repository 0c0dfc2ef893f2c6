import { spawn, type ChildProcess } from "node:child_process";
import { AppError, codeOf, messageOf } from "../lib/errors.ts";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import { waitUntil } from "../lib/processes.ts";

export type ProgramOptions = {
  /** How messages call it. */
  readonly name: string;
  /** Arguments of node. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly baseUrl: string;
  /** Answers any status when the program is up. */
  readonly probePath: string;
};

export type RunningProgram = {
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

/** Starts a node program as a child process and waits until it answers. Throws `SYSTEM_START_FAILED` with its output. */
export async function startProgram({ name, args, env, baseUrl, probePath }: ProgramOptions): Promise<RunningProgram> {
  const child = spawn(process.execPath, args, {
    cwd: PACKAGE_ROOT,
    env: { ...inherited(), ...env },
    detached: true, // a group of its own: what it forks ends with it
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = collectOutput(child);
  const stop = (): Promise<void> => stopGroup(child);
  const probeUrl = `${baseUrl}${probePath}`;
  if (child.pid !== undefined) running.add(child.pid);
  await waitUntil(async () => hasEnded(child) || (await answers(probeUrl)), START_TIMEOUT_MS, PROBE_EVERY_MS);
  if (!hasEnded(child) && (await answers(probeUrl))) return { baseUrl, output, stop };
  await stop();
  throw new AppError("SYSTEM_START_FAILED", `${name} did not answer on ${baseUrl} within ${START_TIMEOUT_MS} ms; it printed:\n${output()}`);
}

/** Nothing of the test runner's own environment but what a process needs to live. */
function inherited(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  const present = Object.fromEntries(Object.entries({ PATH, HOME, TMPDIR }).filter(([, value]) => value !== undefined));
  return { ...present, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", LOG_LEVEL: "warn" };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
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
