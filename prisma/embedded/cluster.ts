import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, readlink, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { AppError, messageOf } from "../../lib/errors.ts";
import { isAlive } from "../../lib/processes.ts";
import { SUPERUSER } from "./endpoint-file.ts";
import { chownTree, clusterLink, spawnIdentity, type ServerUser } from "./server-user.ts";

const run = promisify(execFile);
const INITDB_TIMEOUT_MS = 60_000;

/** A PostgreSQL cluster on disk: `data/`, the password of its only role, and the data directory it belongs to. */
export type Cluster = { readonly data: string; readonly logFile: string; readonly password: string };

/** Opens the cluster in `folder`, making it first when there is none. Safe against being cut short and against a rival. */
export async function openCluster(
  folder: string,
  options: { readonly binaries: string; readonly user: ServerUser; readonly dataDir: string },
): Promise<Cluster> {
  if ((await readPassword(folder)) === undefined) await createCluster(folder, options);
  const password = await readPassword(folder);
  if (password === undefined)
    throw new AppError(
      "POSTGRES_CLUSTER_BROKEN",
      `the embedded PostgreSQL cluster in ${folder} has no password file; remove the folder to start afresh`,
    );
  return { data: join(folder, "data"), logFile: join(folder, "postgres.log"), password };
}

async function createCluster(
  folder: string,
  { binaries, user, dataDir }: { readonly binaries: string; readonly user: ServerUser; readonly dataDir: string },
): Promise<void> {
  const partial = `${folder}.${process.pid}.partial`;
  const password = randomBytes(24).toString("hex");
  await mkdir(join(partial, "data"), { recursive: true, mode: 0o755 });
  await writeFile(join(partial, "password"), password, { mode: 0o600 });
  await writeFile(join(partial, OWNER_FILE), clusterLink(dataDir), { mode: 0o600 });
  chownTree(partial, user);
  const settings = ["--pgdata", join(partial, "data"), "--username", SUPERUSER, "--pwfile", join(partial, "password")];
  const choices = ["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions"];
  try {
    await run(join(binaries, "bin", "initdb"), [...settings, ...choices], {
      ...spawnIdentity(user),
      timeout: INITDB_TIMEOUT_MS,
      cwd: dirname(partial),
    });
    await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if ((await readPassword(folder)) === undefined)
      throw new AppError("POSTGRES_INIT_FAILED", `initdb failed in ${folder}: ${messageOf(error)}`, { cause: error });
  }
}

async function readPassword(folder: string): Promise<string | undefined> {
  return readFile(join(folder, "password"), "utf8").catch(() => undefined);
}

/** Names the link in the data directory that a cluster belongs to. */
const OWNER_FILE = "belongs-to";

/** Removes clusters that no data directory names any more and that no server uses: as root they lie outside of it. */
export async function pruneClusters(user: ServerUser): Promise<void> {
  if (user.kind === "self") return;
  const home = join(user.home, "clusters");
  for (const name of await readdir(home).catch(() => [])) {
    if (await isAbandoned(join(home, name))) await rm(join(home, name), { recursive: true, force: true });
  }
}

async function isAbandoned(folder: string): Promise<boolean> {
  const maker = /\.(\d+)\.partial$/.exec(folder)?.[1];
  if (maker !== undefined) return !isAlive(Number(maker));
  const link = await readFile(join(folder, OWNER_FILE), "utf8").catch(() => undefined);
  const target = link === undefined ? undefined : await readlink(link).catch(() => undefined);
  return target !== folder && (await postmasterOf(join(folder, "data"))) === undefined;
}

/** The process id of the server that runs on these data, or undefined. */
export async function postmasterOf(data: string): Promise<number | undefined> {
  const text = await readFile(join(data, "postmaster.pid"), "utf8").catch(() => "");
  const pid = Number.parseInt(text, 10);
  return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : undefined;
}
