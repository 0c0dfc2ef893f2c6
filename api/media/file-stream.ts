import { Readable } from "node:stream";
import { AppError } from "../../lib/errors.ts";
import type { OpenedFile } from "../../lib/media-files.ts";
import type { ByteRange } from "./byte-range.ts";

const CHUNK_BYTES = 256 * 1_024;

/**
 * A part of an open file as it is asked for, never more than a chunk ahead. A file that ends early is an error, which breaks the
 * connection off: a short answer would pass for the whole. Closes the file, however it ends.
 */
export function streamOf({ handle }: OpenedFile, { first, last }: ByteRange): Readable {
  async function* chunks() {
    for (let position = first; position <= last;) {
      const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, last - position + 1));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) throw new AppError("MEDIA_TRUNCATED", `a stored file ends after ${position} bytes, before ${last + 1}`);
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }
  const stream = Readable.from(chunks(), { objectMode: false, highWaterMark: CHUNK_BYTES });
  // Also of a stream that nobody ever read: its generator has not begun, and would not end either.
  stream.once("close", () => void handle.close().catch(() => {}));
  return stream;
}
