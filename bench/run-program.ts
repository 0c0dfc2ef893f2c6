import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { AppError } from "../lib/errors.ts";
import { isAlive, signalProcess, waitUntil } from "../lib/processes.ts";

export type Program = {
  readonly port: number;
  readonly line: Readonly<Record<string, unknown>>;
  readonly pid: number;
  readonly stop: () => Promise<void>;
};

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

/** Starts `node …` and resolves with the JSON line whose `msg` is the given one. */
export async function runProgram(
  args: readonly string[],
  options: { readonly ready: string; readonly env?: Readonly<Record<string, string>> | undefined },
): Promise<Program> {
  const child = spawn(process.execPath, [...args], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
    env: { PATH: "/usr/bin:/bin", HOME: "/tmp", ...options.env },
  });
  const stop = (): Promise<void> => stopProgram(child);
  try {
    const line = await readyLine(child, options.ready);
    return { port: Number(line["port"]), line, pid: child.pid ?? 0, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function readyLine(child: ChildProcess, ready: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new AppError("BENCH_START", `${child.spawnargs.join(" ")} did not say "${ready}"`)), START_TIMEOUT_MS);
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new AppError("BENCH_START", `${child.spawnargs.join(" ")} ended with ${code}`));
    });
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on("line", (text) => {
      const line = parseLine(text);
      if (line?.["msg"] !== ready) return;
      clearTimeout(timer);
      resolve(line);
    });
  });
}

function parseLine(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** Asks it to end, and ends it when it does not. */
export async function stopProgram({ pid }: ChildProcess): Promise<void> {
  if (pid === undefined || !isAlive(pid)) return;
  signalProcess(pid, "SIGTERM");
  if (await waitUntil(() => !isAlive(pid), STOP_TIMEOUT_MS)) return;
  signalProcess(pid, "SIGKILL");
}
