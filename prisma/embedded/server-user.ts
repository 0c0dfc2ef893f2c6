import { randomBytes } from "node:crypto";
import { chownSync, lstatSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { codeOf } from "../../lib/errors.ts";

/**
 * PostgreSQL refuses to run as root. As root its processes run as `nobody`, with binaries and data below a folder that
 * this user can reach whatever the permissions above the data directory are.
 */
export type ServerUser = { readonly kind: "self" } | { readonly kind: "other"; readonly uid: number; readonly gid: number; readonly home: string };

const SYSTEM_USER = "nobody";
const ROOT_HOME = "/var/lib/parallax";

/** Who runs the server. */
export function serverUser(): ServerUser {
  if (process.getuid?.() !== 0) return { kind: "self" };
  const { uid, gid } = lookUp(SYSTEM_USER);
  return { kind: "other", uid, gid, home: ROOT_HOME };
}

/** The data directory's own name for its cluster: the folder itself, or, as root, a link to where it lies. */
export function clusterLink(dataDir: string): string {
  return join(resolve(dataDir), "postgres");
}

/** Where the cluster of one data directory lies: inside it, or, as root, below the server user's home. */
export function clusterFolder(dataDir: string, user: ServerUser): string {
  const link = clusterLink(dataDir);
  if (user.kind === "self") return link;
  try {
    symlinkSync(join(user.home, "clusters", randomBytes(8).toString("hex")), link);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
  return readlinkSync(link);
}

/** Options of `spawn` that make the child run as that user. */
export function spawnIdentity(user: ServerUser): { uid?: number; gid?: number } {
  return user.kind === "self" ? {} : { uid: user.uid, gid: user.gid };
}

/** Hands a folder and everything in it to the server's user. */
export function chownTree(path: string, user: ServerUser): void {
  if (user.kind === "self") return;
  const info = lstatSync(path);
  if (info.isSymbolicLink()) return;
  chownSync(path, user.uid, user.gid);
  if (!info.isDirectory()) return;
  for (const name of readdirSync(path)) chownTree(join(path, name), user);
}

function lookUp(name: string): { uid: number; gid: number } {
  const row = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"))
    .find(([user]) => user === name);
  return { uid: Number(row?.[2] ?? 65_534), gid: Number(row?.[3] ?? 65_534) };
}
