import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { env } from "../env.ts";
import { payloadTooLarge } from "../http/api-error.ts";
import type { Part } from "../http/multipart.ts";
import { UNKNOWN_TYPE } from "./media-type.ts";
import { pathOfKey, storageKeyOf } from "./storage-key.ts";
import { uploadName } from "./upload-name.ts";

/** In the same folder as the store, so that a rename moves the file at once; its dot keeps it apart from tenants. */
const UPLOAD_FOLDER = ".uploads";

type FilePart = Pick<Part, "fileName" | "type" | "content">;
type Receiving = { readonly maxBytes: number; readonly onBytes: (bytes: number) => void };
type Description = { readonly sha256: string; readonly size: number; readonly name: string; readonly type: string };

/** A file that has arrived, under a temporary name: it is published or discarded, in the end it is nowhere else. */
export class ReceivedFile {
  readonly description: Description;
  #temporaryPath: string | undefined;

  constructor(temporaryPath: string, description: Description) {
    this.#temporaryPath = temporaryPath;
    this.description = description;
  }

  /** Moves the file to where its content belongs; the same content there already is replaced by itself. */
  async publish(tenantId: string): Promise<void> {
    if (this.#temporaryPath === undefined) return;
    const path = pathOfKey(storageKeyOf(tenantId, this.description.sha256));
    await mkdir(dirname(path), { recursive: true });
    await rename(this.#temporaryPath, path);
    this.#temporaryPath = undefined;
  }

  /** Nothing when it has been published. */
  async discard(): Promise<void> {
    if (this.#temporaryPath !== undefined) await rm(this.#temporaryPath, { force: true });
  }
}

/** Writes a part to disk while it arrives, hashing it on the way. Throws 413; then nothing is left. */
export async function receiveFile({ fileName, type, content }: FilePart, { maxBytes, onBytes }: Receiving): Promise<ReceivedFile> {
  const folder = join(/* turbopackIgnore: true */ env().mediaDir, UPLOAD_FOLDER);
  await mkdir(folder, { recursive: true });
  const path = join(folder, randomUUID());
  const file = await open(path, "wx", 0o600);
  const hash = createHash("sha256");
  let size = 0;
  try {
    for await (const chunk of content) {
      size += chunk.byteLength;
      if (size > maxBytes) throw payloadTooLarge();
      onBytes(chunk.byteLength);
      hash.update(chunk);
      await writeAll(file, chunk);
    }
    await file.sync(); // what is published survives a power cut
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
  await file.close();
  return new ReceivedFile(path, { sha256: hash.digest("hex"), size, name: uploadName(fileName), type: type ?? UNKNOWN_TYPE });
}

async function writeAll(file: FileHandle, chunk: Buffer): Promise<void> {
  for (let written = 0; written < chunk.length;) written += (await file.write(chunk, written)).bytesWritten;
}
