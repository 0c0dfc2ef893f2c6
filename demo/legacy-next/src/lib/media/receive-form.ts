import { ApiError, payloadTooLarge, unsupportedContentType } from "../http/api-error.ts";
import { MultipartError, readParts, type Part } from "../http/multipart.ts";
import { boundaryOf } from "../http/part-headers.ts";
import { receiveFile, type ReceivedFile } from "./received-file.ts";

/** Of everything that is not the file. */
const OTHER_PARTS_MAX_BYTES = 1_048_576;
const MULTIPART = /^multipart\/form-data\s*(;|$)/i;
/** The part that holds the file. */
const FILE_PART = "file";

export type Form = {
  /** Texts by name; `undefined` for one that is not UTF-8. Of a repeated name the first counts. */
  readonly fields: Readonly<Record<string, string | undefined>>;
  /** The first file; more than one is the caller's mistake. */
  readonly file: ReceivedFile | undefined;
  readonly fileParts: number;
};

type Limits = { readonly fileMaxBytes: number };

/**
 * Reads a form while it arrives; its file goes to disk and must be discarded or published by the caller. Throws 415, 413 and
 * 400; then, and when the connection breaks, no file is left.
 */
export async function receiveForm(request: Request, { fileMaxBytes }: Limits): Promise<Form> {
  const type = request.headers.get("content-type") ?? "";
  const counted = new Counted(request.body);
  if (!MULTIPART.test(type)) {
    if (await counted.isEmpty()) return { fields: {}, file: undefined, fileParts: 0 };
    throw unsupportedContentType();
  }
  const boundary = boundaryOf(type);
  if (boundary === undefined) throw malformed();
  const receiver = new Receiver(counted, fileMaxBytes);
  try {
    for await (const part of readParts(counted, boundary)) await receiver.take(part);
    return receiver.form();
  } catch (error) {
    await receiver.discard();
    throw error instanceof MultipartError ? malformed() : error;
  }
}

const malformed = (): ApiError => new ApiError(400, { error: "Invalid multipart body" });

/** Counts what arrives. Throws 413 once more than the allowance has come that is not of the file. */
class Counted implements AsyncIterable<Uint8Array> {
  readonly #source: AsyncIterable<Uint8Array> | readonly Uint8Array[];
  /** Bytes of the file, which have a limit of their own. */
  fileBytes = 0;
  #bytes = 0;

  constructor(body: Request["body"]) {
    this.#source = body === null ? [] : body;
  }

  async isEmpty(): Promise<boolean> {
    for await (const chunk of this.#source) if (chunk.byteLength > 0) return false;
    return true;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of this.#source) {
      this.#bytes += chunk.byteLength;
      // The chunk just read may belong to the file: it is told apart only when it has been taken apart.
      if (this.#bytes - chunk.byteLength - this.fileBytes > OTHER_PARTS_MAX_BYTES) throw payloadTooLarge();
      yield chunk;
    }
    if (this.#bytes - this.fileBytes > OTHER_PARTS_MAX_BYTES) throw payloadTooLarge();
  }
}

class Receiver {
  readonly #counted: Counted;
  readonly #fileMaxBytes: number;
  readonly #fields: Record<string, string | undefined> = Object.create(null) as Record<string, string | undefined>;
  #file: ReceivedFile | undefined;
  #fileParts = 0;

  constructor(counted: Counted, fileMaxBytes: number) {
    this.#counted = counted;
    this.#fileMaxBytes = fileMaxBytes;
  }

  async take(part: Part): Promise<void> {
    if (part.name === FILE_PART) return this.#takeFile(part);
    if (part.name === undefined || part.fileName !== undefined || part.name in this.#fields) return;
    this.#fields[part.name] = await readText(part.content);
  }

  form(): Form {
    return { fields: this.#fields, file: this.#file, fileParts: this.#fileParts };
  }

  async discard(): Promise<void> {
    await this.#file?.discard();
  }

  async #takeFile(part: Part): Promise<void> {
    if (part.fileName === undefined) return; // a text named `file` is no file
    this.#fileParts += 1;
    if (this.#file !== undefined) return; // a second one is not kept
    this.#file = await receiveFile(part, { maxBytes: this.#fileMaxBytes, onBytes: (bytes) => (this.#counted.fileBytes += bytes) });
  }
}

async function readText(content: AsyncIterable<Buffer>): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    return undefined;
  }
}
