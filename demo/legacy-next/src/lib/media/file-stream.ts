import { open, stat, type FileHandle } from "node:fs/promises";
import type { ByteRange } from "./range.ts";

const CHUNK_BYTES = 262_144;
const NO_SUCH_FILE = new Set(["ENOENT", "ENOTDIR"]);

/** Bytes of a regular file; undefined when there is none. */
export async function fileSize(path: string): Promise<number | undefined> {
  try {
    const stats = await stat(path);
    return stats.isFile() ? stats.size : undefined;
  } catch (error) {
    if (NO_SUCH_FILE.has((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

/**
 * A part of a file, read as fast as it is taken and no faster. The file is opened by the first read, so that a stream nobody
 * reads holds nothing. A file that ends too early is an error: the connection breaks off, the answer is never short.
 */
export function streamFile(path: string, { start, end }: ByteRange): ReadableStream<Uint8Array> {
  let file: FileHandle | undefined;
  let position = start;
  const close = async (): Promise<void> => {
    const opened = file;
    file = undefined;
    await opened?.close();
  };
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          file ??= await open(path, "r");
          const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, end - position + 1));
          const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
          if (bytesRead === 0) throw new Error("a media file is shorter than it was when the answer began");
          position += bytesRead;
          controller.enqueue(chunk.subarray(0, bytesRead));
          if (position <= end) return;
          await close();
          controller.close();
        } catch (error) {
          await close();
          throw error;
        }
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
}
