import type { IncomingMessage, ServerResponse } from "node:http";

/** A send that is read as a whole is at most so long; its owner's own limit (contract 1.6: 1 MiB) is lower. */
export const MAX_BODY_BYTES = 2 * 1_048_576;

export type ReadBody =
  | { readonly kind: "read"; readonly bytes: Buffer }
  | { readonly kind: "too-large" }
  /** The client went away in the middle. */
  | { readonly kind: "gone" };

/** The whole body of a request. Never rejects. */
export function readBody(request: IncomingMessage, response: ServerResponse): Promise<ReadBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return resolve({ kind: "too-large" });
    goOn(request, response);
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) return void chunks.push(chunk);
      chunks.length = 0;
      resolve({ kind: "too-large" });
    });
    request.once("end", () => resolve({ kind: "read", bytes: Buffer.concat(chunks) }));
    request.once("error", () => resolve({ kind: "gone" }));
    request.once("close", () => resolve({ kind: "gone" })); // after `end` it says nothing new
  });
}

/** A client that asked first is told to send the body. */
export function goOn({ headers, httpVersion }: IncomingMessage, response: ServerResponse): void {
  if (headers.expect?.toLowerCase() === "100-continue" && httpVersion !== "1.0") response.writeContinue();
}

/** Whether a body that says it is JSON is an object, as far as anybody can tell before its owner does. */
export function isReadable({ headers }: IncomingMessage, bytes: Buffer): boolean {
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(headers["content-type"] ?? "") || bytes.length === 0) return true;
  try {
    const value = JSON.parse(bytes.toString("utf8")) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

export function isMultipart({ headers }: IncomingMessage): boolean {
  return /^multipart\//i.test(headers["content-type"] ?? "");
}
