import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Client } from "pg";
import { AppError } from "../../lib/errors.ts";
import { isAlive, signalProcess, waitUntil } from "../../lib/processes.ts";
import type { Cluster } from "./cluster.ts";
import { endpointUrl } from "./endpoint-file.ts";
import { spawnIdentity, type ServerUser } from "./server-user.ts";

const READY_TIMEOUT_MS = 30_000;
const FAST_STOP_MS = 10_000;
const IMMEDIATE_STOP_MS = 3_000;
const PROBE_TIMEOUT_MS = 1_000;

export type ServerOptions = {
  readonly cluster: Cluster;
  readonly binaries: string;
  readonly user: ServerUser;
  readonly port: number;
  /** False: no fsync, for data that a test or a demo throws away. */
  readonly durable: boolean;
};

/**
 * Starts `postgres` on loopback in its own process group, so that a Ctrl-C in the terminal does not reach it: it is stopped
 * last, by us. Resolves when it answers; throws `POSTGRES_START_FAILED` with the last log line.
 */
export async function startServer({ cluster, binaries, user, port, durable }: ServerOptions): Promise<ChildProcess> {
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    port: String(port),
    timezone: "UTC",
    log_timezone: "UTC",
    ...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const log = openSync(cluster.logFile, "a", 0o600);
  const child = spawn(join(binaries, "bin", "postgres"), ["-D", cluster.data, ...flags], {
    ...spawnIdentity(user),
    cwd: dirname(cluster.data),
    detached: true,
    stdio: ["ignore", log, log],
    env: {},
  });
  closeSync(log);
  let isGone = false;
  child.once("exit", () => (isGone = true));
  child.once("error", () => (isGone = true));
  const url = endpointUrl({ port, password: cluster.password }, "postgres");
  await waitUntil(async () => isGone || (await canConnect(url)), READY_TIMEOUT_MS);
  if (isGone || !(await canConnect(url))) {
    if (child.pid !== undefined) await stopServer(child.pid);
    throw new AppError("POSTGRES_START_FAILED", `the embedded PostgreSQL did not start on port ${port}: ${await lastLine(cluster.logFile)}`);
  }
  return child;
}

/** Fast shutdown, then an immediate one for a server that does not end. Resolves when the process is gone. */
export async function stopServer(pid: number): Promise<void> {
  signalProcess(pid, "SIGINT");
  if (await waitUntil(() => !isAlive(pid), FAST_STOP_MS)) return;
  signalProcess(pid, "SIGQUIT");
  await waitUntil(() => !isAlive(pid), IMMEDIATE_STOP_MS);
}

/** True when a connection with this URL succeeds now. */
export async function canConnect(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: PROBE_TIMEOUT_MS });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function lastLine(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trim().split("\n").at(-1) ?? "no log";
}
