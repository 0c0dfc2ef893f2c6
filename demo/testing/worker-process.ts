import { spawn } from "node:child_process";
import { PACKAGE_ROOT } from "../../lib/paths.ts";
import { signalProcess, waitUntil } from "../../lib/processes.ts";
import type { WorkerEnv } from "../../worker/env.ts";
import { inheritedEnv } from "../env.ts";

const READY = '"msg":"parallax worker ready"';
const READY_TIMEOUT_MS = 30_000;
const END_TIMEOUT_MS = 25_000;

/** `parallax worker` as a process of its own, so that it can be killed. */
export type WorkerProcess = {
  readonly pid: number;
  /** Everything it printed, stdout and stderr. */
  readonly output: () => string;
  readonly ready: () => Promise<void>;
  /** Sends the signal and resolves with how it ended. */
  readonly end: (signal: "SIGTERM" | "SIGKILL") => Promise<number | NodeJS.Signals>;
};

/** `more`: further variables, for the process itself. */
export function spawnWorker(env: WorkerEnv, more: Readonly<Record<string, string>> = {}): WorkerProcess {
  const child = spawn(process.execPath, ["bin/parallax.js", "worker"], {
    cwd: PACKAGE_ROOT,
    env: { ...inheritedEnv(), ...variablesOf(env), ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error("the worker's process could not be started");
  let output = "";
  let ended: number | NodeJS.Signals | undefined;
  const collect = (chunk: Buffer): void => void (output += chunk.toString());
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const killWithUs = (): void => signalProcess(pid, "SIGKILL");
  process.once("exit", killWithUs);
  child.once("exit", (code, signal) => {
    ended = signal ?? code ?? -1;
    process.off("exit", killWithUs);
  });
  return {
    pid,
    output: () => output,
    ready: async () => {
      const isUp = await waitUntil(() => output.includes(READY) || ended !== undefined, READY_TIMEOUT_MS);
      if (!isUp || ended !== undefined) throw new Error(`the worker did not start (${ended ?? "no answer"}); it printed:\n${output}`);
    },
    end: async (signal) => {
      signalProcess(pid, signal);
      if (!(await waitUntil(() => ended !== undefined, END_TIMEOUT_MS)))
        throw new Error(`the worker did not end on ${signal}; it printed:\n${output}`);
      return ended ?? -1;
    },
  };
}

function variablesOf(env: WorkerEnv): Record<string, string> {
  return {
    DATABASE_URL: env.databaseUrl,
    INGEST_URL: env.ingestUrl,
    INGEST_FALLBACK_URL: env.ingestFallbackUrl ?? "",
    SERVICE_TOKEN_SECRET: env.serviceTokenSecret,
    SPOOL_DIR: env.spoolDir,
    MEDIA_DIR: env.mediaDir,
    MEDIA_HOSTS: env.mediaHosts.map(({ hostname, port }) => `${hostname}:${port}`).join(","),
    WHATSAPP_WS_URL: env.whatsappUrl,
    AUTH_STATE_KEY: env.authStateKeys.map((key) => key.toString("hex")).join(","),
    SEND_RATE_PER_SESSION: String(env.sendsPerMinute),
    PORT: "0",
    LOG_LEVEL: env.logLevel,
  };
}
