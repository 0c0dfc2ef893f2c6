import { pipeline } from "node:stream";
import { AppError } from "../../lib/errors.ts";
import type { MediaFiles, ReceivedFile } from "../../lib/media-files.ts";
import { createMediaDecryption } from "./decrypt-media.ts";
import type { MediaFetch } from "./fetch-media.ts";
import type { RemoteMedia } from "./remote-media.ts";

export type StoredMedia = { readonly sha256: string; readonly size: number; readonly storageKey: string };

export type DownloadParts = { readonly fetch: MediaFetch; readonly files: MediaFiles; readonly maxBytes: number; readonly timeoutMs?: number };

/** A gigabyte over a slow line takes its time; a host that trickles ends here. */
const TIMEOUT_MS = 30 * 60_000;
/** Of encryption: a block to fill up, and the check. */
const OVERHEAD_BYTES = 32;

/**
 * Streams a file from the media host to storage; it is seen there only when its hash is the one its sender named.
 * Throws `MEDIA_GONE`, `MEDIA_UNREACHABLE`, `MEDIA_PATH`, `MEDIA_CORRUPT` or `MEDIA_TOO_LARGE`; nothing is left behind then.
 */
export async function download(remote: RemoteMedia, tenantId: string, parts: DownloadParts): Promise<StoredMedia> {
  const { fetch, files, maxBytes, timeoutMs = TIMEOUT_MS } = parts;
  if ((remote.fileLength ?? 0) > maxBytes) throw new AppError("MEDIA_TOO_LARGE", `media has more than ${maxBytes} bytes`);
  if (remote.directPath === undefined) throw new AppError("MEDIA_PATH", "the sender named no path on the media host");
  const signal = AbortSignal.timeout(timeoutMs);
  const decryption = await createMediaDecryption(remote);
  const encrypted = await fetch.open(remote.directPath, signal);
  // An error of either end ends the other; whoever reads what comes out hears of it.
  pipeline(encrypted, decryption, () => {});
  const received = await receive(files, decryption, maxBytes + OVERHEAD_BYTES);
  try {
    return await publish(received, remote, { tenantId, maxBytes });
  } finally {
    await received.discard();
  }
}

async function receive(files: MediaFiles, source: Parameters<MediaFiles["receive"]>[0], maxBytes: number): Promise<ReceivedFile> {
  try {
    return await files.receive(source, maxBytes);
  } catch (error) {
    source.destroy();
    if (error instanceof AppError || isDiskError(error)) throw error;
    throw new AppError("MEDIA_UNREACHABLE", "the media host broke off", { cause: error });
  }
}

async function publish(
  received: ReceivedFile,
  remote: RemoteMedia,
  { tenantId, maxBytes }: { tenantId: string; maxBytes: number },
): Promise<StoredMedia> {
  const { sha256, size } = received;
  if (size > maxBytes) throw new AppError("MEDIA_TOO_LARGE", `media has more than ${maxBytes} bytes`);
  const expected = remote.fileSha256 === undefined ? undefined : Buffer.from(remote.fileSha256, "base64").toString("hex");
  if (expected !== undefined && expected !== sha256) throw new AppError("MEDIA_CORRUPT", "what the media host sent is not what the sender named");
  return { sha256, size, storageKey: await received.publish(tenantId) };
}

/** Of our own disk: `ENOSPC`, `EACCES` and the like have a system call. */
function isDiskError(error: unknown): boolean {
  const call = (error as { syscall?: unknown } | null)?.syscall;
  return typeof call === "string" && ["open", "write", "fdatasync", "mkdir", "close"].includes(call);
}
