import type { ChildProcess } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { codeOf, messageOf } from "../../lib/errors.ts";
import { freePort, isPortFree } from "../../lib/free-port.ts";
import type { Logger } from "../../lib/log.ts";
import { isAlive } from "../../lib/processes.ts";
import { prepareBinaries } from "./binaries.ts";
import { openCluster, postmasterOf, pruneClusters, type Cluster } from "./cluster.ts";
import { endpointUrl, readEndpoint, removeEndpoint, writeEndpoint, type PostgresEndpoint } from "./endpoint-file.ts";
import { canConnect, startServer, stopServer } from "./server-process.ts";
import { clusterFolder, serverUser } from "./server-user.ts";

const START_ATTEMPTS = 20;
const ATTEMPT_PAUSE_MS = 250;
const RESTART_PAUSE_MS = 500;

export type EmbeddedPostgres = {
  /** Connection URL of a database; the database need not exist. */
  readonly urlOf: (database: string) => string;
  /** Creates the database when it is missing; answers its URL. */
  readonly ensureDatabase: (name: string) => Promise<string>;
  /** The server's process id right now. */
  readonly pid: () => number;
  /** Stops the server when this program started it; leaves one that belongs to another program alone. */
  readonly stop: () => Promise<void>;
};

export type EmbeddedOptions = { readonly dataDir: string; readonly log: Logger; readonly durable: boolean };

/**
 * The PostgreSQL of one data directory: attaches to the one a live program of ours keeps there, otherwise starts it. A
 * server left behind by a killed program is stopped and started again; one that dies is restarted on the same port.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  let lastError: unknown;
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
    const attached = await attach(options.dataDir);
    if (attached !== undefined) return attached;
    try {
      return await own(options);
    } catch (error) {
      if (codeOf(error) !== "POSTGRES_START_FAILED") throw error;
      lastError = error; // a rival may have won the start: look for its endpoint again
      await sleep(ATTEMPT_PAUSE_MS);
    }
  }
  throw lastError;
}

async function attach(dataDir: string): Promise<EmbeddedPostgres | undefined> {
  const endpoint = await readEndpoint(dataDir);
  if (endpoint === undefined || endpoint.ownerPid === process.pid || !isAlive(endpoint.ownerPid)) return undefined;
  if (!(await canConnect(endpointUrl(endpoint, "postgres")))) return undefined;
  return { ...accessTo(endpoint), pid: () => endpoint.pid, stop: () => Promise.resolve() };
}

async function own({ dataDir, log, durable }: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const user = serverUser();
  const binaries = prepareBinaries(user);
  if (user.kind === "other") await mkdir(`${user.home}/clusters`, { recursive: true, mode: 0o755 });
  await pruneClusters(user);
  const cluster = await openCluster(clusterFolder(dataDir, user), { binaries, user, dataDir });
  await stopOrphan(dataDir, cluster, log);
  const previous = await readEndpoint(dataDir);
  const port = previous !== undefined && (await isPortFree(previous.port)) ? previous.port : await freePort();
  const start = (): Promise<ChildProcess> => startServer({ cluster, binaries, user, port, durable });
  return supervise({ dataDir, cluster, port, log, start, child: await start() });
}

/** A postmaster without a living owner was left behind by a SIGKILL. */
async function stopOrphan(dataDir: string, cluster: Cluster, log: Logger): Promise<void> {
  const pid = await postmasterOf(cluster.data);
  if (pid === undefined) return;
  const owner = (await readEndpoint(dataDir))?.ownerPid;
  if (owner !== undefined && owner !== process.pid && isAlive(owner)) return;
  log.warn({ pid }, "stopping an embedded PostgreSQL that a killed program left behind");
  await stopServer(pid);
}

type Supervised = { dataDir: string; cluster: Cluster; port: number; log: Logger; start: () => Promise<ChildProcess>; child: ChildProcess };

async function supervise({ dataDir, cluster, port, log, start, child: first }: Supervised): Promise<EmbeddedPostgres> {
  let child = first;
  let isStopping = false;
  let restarting: Promise<void> = Promise.resolve();

  const publish = async (): Promise<PostgresEndpoint> => {
    const endpoint = { port, password: cluster.password, pid: child.pid ?? 0, ownerPid: process.pid };
    await writeEndpoint(dataDir, endpoint);
    return endpoint;
  };
  const restart = async (): Promise<void> => {
    while (!isStopping) {
      await sleep(RESTART_PAUSE_MS);
      try {
        child = await start();
        child.once("exit", onExit);
        await publish();
        log.warn({ pid: child.pid }, "the embedded PostgreSQL is back");
        return;
      } catch (error) {
        log.error({ reason: messageOf(error) }, "the embedded PostgreSQL does not start");
      }
    }
  };
  const onExit = (code: number | null, signal: string | null): void => {
    if (isStopping) return;
    log.error({ code, signal }, "the embedded PostgreSQL ended unexpectedly; starting it again");
    restarting = restart();
  };

  child.once("exit", onExit);
  const endpoint = await publish();
  return {
    ...accessTo(endpoint),
    pid: () => child.pid ?? 0,
    stop: async () => {
      isStopping = true;
      await restarting;
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) await stopServer(child.pid);
      await removeEndpoint(dataDir);
    },
  };
}

function accessTo(endpoint: PostgresEndpoint): Pick<EmbeddedPostgres, "urlOf" | "ensureDatabase"> {
  const urlOf = (database: string): string => endpointUrl(endpoint, database);
  return { urlOf, ensureDatabase: (name) => ensureDatabase(urlOf, name) };
}

async function ensureDatabase(urlOf: (database: string) => string, name: string): Promise<string> {
  const client = new Client({ connectionString: urlOf("postgres") });
  await client.connect();
  try {
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  return urlOf(name);
}
