import type { Readable } from "node:stream";
import { toMimeType } from "@ipnuo/domain/wire-values";
import { AppError } from "../../lib/errors.ts";
import type { MediaFiles, ReceivedFile } from "../../lib/media-files.ts";
import { readParts, type Part } from "./multipart.ts";

/** Of all parts beside the file together (contract 1.6). */
const MAX_OTHER_BYTES = 1_048_576;
export const DEFAULT_FILE_NAME = "file";

export type UploadedFile = ReceivedFile & { readonly fileName: string; readonly mimeType: string };

/** A form as it was sent: nothing is validated but its size. Discard it in the end, whatever became of it. */
export type MediaUpload = {
  /** Text by name; of a repeated part the first counts. Bytes that are no UTF-8 are `undecodable`. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly files: readonly UploadedFile[];
  readonly discard: () => Promise<void>;
};

/** In place of a text: no schema takes it for one. */
const undecodable = Symbol("undecodable");

export type UploadLimits = { readonly maxFileBytes: number };

/** Streams a form's file to disk. Throws `MEDIA_TOO_LARGE` and `MULTIPART_MALFORMED`, and then leaves no file. */
export async function receiveUpload(source: Readable, boundary: string, media: MediaFiles, { maxFileBytes }: UploadLimits): Promise<MediaUpload> {
  const fields = new Map<string, unknown>();
  const files: UploadedFile[] = [];
  let otherBytes = 0;
  const discard = async () => void (await Promise.all(files.map((file) => file.discard())));

  const receiveFile = async ({ body, fileName, contentType }: Part) => {
    const received = await media.receive(body, maxFileBytes);
    // Several files may end in another order than they were sent in: callers count them, and take the one there is.
    files.push({ ...received, fileName: fileName ?? DEFAULT_FILE_NAME, mimeType: toMimeType(contentType) });
  };
  const receiveField = async ({ name, body }: Part) => {
    const chunks: Buffer[] = [];
    for await (const chunk of body as AsyncIterable<Buffer>) {
      otherBytes += chunk.length;
      if (otherBytes > MAX_OTHER_BYTES) throw new AppError("MEDIA_TOO_LARGE", `the parts beside the file have more than ${MAX_OTHER_BYTES} bytes`);
      chunks.push(chunk);
    }
    if (name !== "" && !fields.has(name)) fields.set(name, decode(Buffer.concat(chunks)));
  };
  try {
    await readParts(source, boundary, (part) => (part.name === "file" ? receiveFile(part) : receiveField(part)));
  } catch (error) {
    await discard();
    throw error;
  }
  return { fields: Object.fromEntries(fields), files, discard };
}

function decode(bytes: Uint8Array): unknown {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undecodable;
  }
}
