import type { IncomingMessage } from "node:http";

/** The bytes of a request's body; what is longer than allowed is read to its end and dropped, so that the answer arrives. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | "too long" | "aborted"> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBytes) chunks.push(chunk);
      else if (length > maxBytes * ABSURD_FACTOR) request.destroy();
      else chunks = [];
    });
    request.once("end", () => resolve(length > maxBytes ? "too long" : chunks.length === 1 ? (chunks[0] ?? EMPTY) : Buffer.concat(chunks)));
    request.once("close", () => resolve("aborted"));
    request.once("error", () => resolve("aborted"));
  });
}

const EMPTY = Buffer.alloc(0);
/** A body this many times over the limit is cut off. */
const ABSURD_FACTOR = 16;
