import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { AppError, codeOf } from "./errors.ts";

/** Where media lie: content-addressed, per tenant, never overwritten by other content. */
export type MediaFiles = {
  /**
   * Streams a file to a temporary name, hashing it on the way; never holds it in memory.
   * Throws `MEDIA_TOO_LARGE` as soon as more than `maxBytes` were read. Nothing is left behind when it throws.
   */
  readonly receive: (source: Readable, maxBytes: number) => Promise<ReceivedFile>;
  /** The file under a stored key; undefined when it is not there, or the key is none of ours. Close it. */
  readonly open: (storageKey: string) => Promise<OpenedFile | undefined>;
  readonly remove: (storageKey: string) => Promise<void>;
  /** Removes what crashed uploads left behind longer ago than this. */
  readonly sweep: (olderThanMs: number, nowMs: number) => Promise<void>;
};

/** A complete file that nobody can see yet. */
export type ReceivedFile = {
  readonly sha256: string;
  readonly size: number;
  /** Gives it its final name in one step and returns its key. Again: the same key. */
  readonly publish: (tenantId: string) => Promise<string>;
  /** Removes the temporary file; does nothing once published. */
  readonly discard: () => Promise<void>;
};

export type OpenedFile = { readonly handle: FileHandle; readonly size: number };

const INCOMING = ".incoming";
const SHA256 = /^[0-9a-f]{64}$/;
/** One path component that means nothing to a file system. */
const TENANT = /^(?!\.)[A-Za-z0-9_.@:+-]{1,128}$/;

/** `<tenantId>/<2 hex>/<sha256>`: of the content alone, nothing of a request. */
export function storageKeyOf(tenantId: string, sha256: string): string {
  if (!TENANT.test(tenantId) || !SHA256.test(sha256)) throw new AppError("MEDIA_KEY", "a media key needs a tenant id and a SHA-256 in hex");
  return `${tenantId}/${sha256.slice(0, 2)}/${sha256}`;
}

/** The tenant and hash a key names; undefined for anything that `storageKeyOf` does not make. */
export function parseStorageKey(key: string): { readonly tenantId: string; readonly sha256: string } | undefined {
  const [tenantId = "", prefix = "", sha256 = "", ...rest] = key.split("/");
  const isOurs = rest.length === 0 && TENANT.test(tenantId) && SHA256.test(sha256) && sha256.startsWith(prefix) && prefix.length === 2;
  return isOurs ? { tenantId, sha256 } : undefined;
}

/** Media on a disk, below one folder that is made when the first file comes. */
export function createDiskMediaFiles(folder: string): MediaFiles {
  const pathOf = (storageKey: string) => (parseStorageKey(storageKey) === undefined ? undefined : join(folder, storageKey));
  return {
    receive: (source, maxBytes) => receive(folder, source, maxBytes),
    open: async (storageKey) => {
      const path = pathOf(storageKey);
      return path === undefined ? undefined : openFile(path);
    },
    remove: async (storageKey) => {
      const path = pathOf(storageKey);
      if (path !== undefined) await rm(path, { force: true });
    },
    sweep: (olderThanMs, nowMs) => sweep(join(folder, INCOMING), nowMs - olderThanMs),
  };
}

async function receive(folder: string, source: Readable, maxBytes: number): Promise<ReceivedFile> {
  // It may break before anybody reads it; the reading below throws then.
  source.once("error", () => {});
  const incoming = join(folder, INCOMING);
  await mkdir(incoming, { recursive: true });
  const temporary = join(incoming, randomUUID());
  const discard = () => rm(temporary, { force: true });
  try {
    const { sha256, size } = await writeHashed(temporary, source, maxBytes);
    let published: string | undefined;
    const publish = async (tenantId: string) => {
      if (published !== undefined) return published;
      const storageKey = storageKeyOf(tenantId, sha256);
      const path = join(folder, storageKey);
      await mkdir(dirname(path), { recursive: true });
      await rename(temporary, path);
      published = storageKey;
      return storageKey;
    };
    return { sha256, size, publish, discard };
  } catch (error) {
    await discard();
    throw error;
  }
}

/** On disk, not only in the page cache, when it returns: a row that names the file may be committed next. */
async function writeHashed(path: string, source: Readable, maxBytes: number): Promise<{ sha256: string; size: number }> {
  const handle = await open(path, "wx");
  try {
    const hash = createHash("sha256");
    let size = 0;
    for await (const chunk of source as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw new AppError("MEDIA_TOO_LARGE", `media has more than ${maxBytes} bytes`);
      hash.update(chunk);
      await handle.writeFile(chunk);
    }
    await handle.datasync();
    return { sha256: hash.digest("hex"), size };
  } finally {
    await handle.close();
  }
}

/** A symbolic link is nothing we stored: it is not followed. */
async function openFile(path: string): Promise<OpenedFile | undefined> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    const { size } = await handle.stat();
    return { handle, size };
  } catch (error) {
    if (MISSING.has(codeOf(error) ?? "")) return undefined;
    throw error;
  }
}

const MISSING = new Set(["ENOENT", "ENOTDIR", "ELOOP"]);

async function sweep(incoming: string, beforeMs: number): Promise<void> {
  const names = await readdir(incoming).catch(() => []);
  for (const name of names) {
    const path = join(incoming, name);
    const facts = await stat(path).catch(() => undefined);
    if (facts !== undefined && facts.mtimeMs < beforeMs) await rm(path, { force: true });
  }
}
