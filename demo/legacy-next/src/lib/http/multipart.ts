import { parsePartHeaders, type PartHeaders } from "./part-headers.ts";

/** Why a body is no `multipart/form-data`; never repeats what was in it. */
export class MultipartError extends Error {
  override readonly name = "MultipartError";
}

/** The content must be read to its end before the next part is asked for. */
export type Part = PartHeaders & { readonly content: AsyncIterable<Buffer> };

const CRLF = Buffer.from("\r\n");
const HEADERS_END = Buffer.from("\r\n\r\n");
const DASHES = Buffer.from("--");
const MAX_HEADER_BYTES = 16_384;
const MAX_PADDING_BYTES = 256;

/**
 * The parts of a `multipart/form-data` body (RFC 7578, RFC 2046 5.1) as they arrive. Holds one chunk and one delimiter at most,
 * and pulls: a slow reader slows the sender down. Throws `MultipartError`.
 */
export async function* readParts(source: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<Part, void, undefined> {
  const input = new Input(source, Buffer.from(`\r\n--${boundary}`));
  try {
    await skip(input.untilDelimiter()); // the preamble
    while (await input.hasNextPart()) {
      const headers = parsePartHeaders((await input.takeHeaders()).toString("utf8"));
      const content = input.untilDelimiter();
      yield { ...headers, content };
      await skip(content); // what the reader left
    }
    await input.skipRest(); // the epilogue
  } finally {
    await input.close(); // a refused upload is not read to its end
  }
}

async function skip(content: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of content);
}

class Input {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #delimiter: Buffer;
  /** The first delimiter needs no line before it. */
  #buffer: Buffer = CRLF;

  constructor(source: AsyncIterable<Uint8Array>, delimiter: Buffer) {
    this.#chunks = source[Symbol.asyncIterator]();
    this.#delimiter = delimiter;
  }

  /** Everything up to the next delimiter, which is taken too. */
  async *untilDelimiter(): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      const at = this.#buffer.indexOf(this.#delimiter);
      // Without a hit, the end of what is there may be the start of a delimiter.
      const length = at === -1 ? Math.max(0, this.#buffer.length - this.#delimiter.length + 1) : at;
      if (length > 0) yield this.#take(length);
      if (at !== -1) {
        this.#take(this.#delimiter.length);
        return;
      }
      await this.#fill();
    }
  }

  /** After a delimiter: `--` ends the body, a line break begins a part. */
  async hasNextPart(): Promise<boolean> {
    while (this.#buffer.length < DASHES.length) await this.#fill();
    if (this.#buffer.subarray(0, DASHES.length).equals(DASHES)) return false;
    const padding = await this.#takeUntil(CRLF, MAX_PADDING_BYTES);
    if (padding.some((byte) => byte !== 0x20 && byte !== 0x09))
      throw new MultipartError("a delimiter is followed by something else than a line break");
    return true;
  }

  /** A part without headers has an empty line at once. */
  async takeHeaders(): Promise<Buffer> {
    while (this.#buffer.length < CRLF.length) await this.#fill();
    const hasNone = this.#buffer.subarray(0, CRLF.length).equals(CRLF);
    return hasNone ? this.#takeUntil(CRLF, 0) : this.#takeUntil(HEADERS_END, MAX_HEADER_BYTES);
  }

  async skipRest(): Promise<void> {
    while ((await this.#chunks.next()).done !== true);
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #takeUntil(mark: Buffer, maxBytes: number): Promise<Buffer> {
    for (;;) {
      const at = this.#buffer.indexOf(mark);
      if ((at === -1 ? this.#buffer.length : at) > maxBytes) throw new MultipartError(`expected a part's headers in at most ${maxBytes} bytes`);
      if (at !== -1) {
        const taken = this.#take(at);
        this.#take(mark.length);
        return taken;
      }
      await this.#fill();
    }
  }

  #take(length: number): Buffer {
    const taken = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    return taken;
  }

  async #fill(): Promise<void> {
    const { done, value } = await this.#chunks.next();
    if (done === true) throw new MultipartError("the body ends before its closing delimiter");
    this.#buffer = this.#buffer.length === 0 ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : Buffer.concat([this.#buffer, value]);
  }
}
