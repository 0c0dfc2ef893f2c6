import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../lib/errors.ts";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import { isAlive, signalProcess, waitUntil } from "../lib/processes.ts";
import { inheritedEnv } from "./env.ts";

const STOP_TIMEOUT_MS = 20_000;
const READY_TIMEOUT_MS = 60_000;

export type ChildOptions = {
  readonly name: string;
  /** Arguments of `node`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where what it prints goes. */
  readonly logFolder: string;
  readonly isReady: () => Promise<boolean>;
  readonly onExit: (how: string) => void;
};

export type Child = { readonly name: string; readonly pid: number; readonly stop: () => Promise<void> };

/** Starts a program of the demo in a process group of its own: a Ctrl-C in the terminal reaches the demo, which stops them in order. */
export async function startChild({ name, args, env, logFolder, isReady, onExit }: ChildOptions): Promise<Child> {
  mkdirSync(logFolder, { recursive: true });
  const file = join(logFolder, `${name}.log`);
  const log = createWriteStream(file, { mode: 0o600 });
  const child = spawn(process.execPath, [...args], {
    cwd: PACKAGE_ROOT,
    env: { ...inheritedEnv(), ...env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  let isStopping = false;
  let ended: string | undefined;
  child.once("exit", (code, signal) => {
    ended = signal === null ? `exit code ${code}` : `signal ${signal}`;
    if (!isStopping) onExit(ended);
  });
  await waitUntil(async () => ended !== undefined || (await isReady()), READY_TIMEOUT_MS, 100);
  if (ended !== undefined || !(await isReady())) {
    isStopping = true;
    await stop(child);
    throw new AppError("DEMO_CHILD_FAILED", `${name} did not start (${ended ?? "no answer"}); see ${file}`);
  }
  return {
    name,
    pid: child.pid ?? 0,
    stop: () => {
      isStopping = true;
      return stop(child);
    },
  };
}

/** The child and what it started: they share a process group. */
async function stop({ pid, exitCode, signalCode }: ChildProcess): Promise<void> {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  signalProcess(pid, "SIGTERM");
  if (await waitUntil(() => !isAlive(pid), STOP_TIMEOUT_MS)) return;
  signalProcess(-pid, "SIGKILL");
}
