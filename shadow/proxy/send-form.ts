import { createHash } from "node:crypto";
import { Transform, type Readable, type TransformCallback } from "node:stream";
import { Dicer } from "@fastify/busboy";
import type { PayloadPart, SendPayload } from "../core/send-ledger/payload.ts";

const MAX_PARTS = 100;
/** Around the last delimiter of a form: `--`, `--`, line ends, and a few to spare. */
const DELIMITER_SLACK = 16;
/** RFC 2046, 5.1.1: a boundary is at most so long. */
const MAX_BOUNDARY = 70;

/**
 * A form on its way to its owner: hashed while it streams, its end held back until `admit` has seen what it is. An owner
 * that never sees the last delimiter has no form, and sends nothing.
 */
export class FormStream extends Transform {
  readonly #admit: (body: SendPayload["body"]) => Error | undefined;
  readonly #parser: PartHashes | undefined;
  readonly #whole = createHash("sha256");
  readonly #heldBytes: number;
  #held = Buffer.alloc(0);
  #isAdmitted = false;

  constructor(contentType: string, admit: (body: SendPayload["body"]) => Error | undefined) {
    super();
    this.#admit = admit;
    const boundary = /;\s*boundary=(?:"([^"]+)"|([^;"\s]+))/i
      .exec(contentType)
      ?.slice(1)
      .find((each) => each !== undefined);
    this.#parser = boundary === undefined || boundary.length > MAX_BOUNDARY ? undefined : new PartHashes(boundary);
    this.#heldBytes = (boundary?.length ?? MAX_BOUNDARY) + DELIMITER_SLACK;
  }

  /** False: its owner cannot have read a whole form. */
  get isAdmitted(): boolean {
    return this.#isAdmitted;
  }

  /** Its fields and its file, for who only looks; undefined for anything but one form with at most one file. */
  get description(): FormDescription | undefined {
    return this.#parser?.description;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#whole.update(chunk);
    this.#parser?.write(chunk);
    const all = Buffer.concat([this.#held, chunk]);
    const passed = Math.max(0, all.length - this.#heldBytes);
    this.#held = all.subarray(passed);
    done(null, passed === 0 ? undefined : all.subarray(0, passed));
  }

  override _flush(done: TransformCallback): void {
    void this.#end(done);
  }

  async #end(done: TransformCallback): Promise<void> {
    const refused = this.#admit(await this.#body());
    if (refused !== undefined) return done(refused);
    this.#isAdmitted = true;
    return done(null, this.#held);
  }

  /** What is no form is told apart byte for byte. */
  async #body(): Promise<SendPayload["body"]> {
    const parts = await this.#parser?.finish();
    if (parts !== undefined) return { kind: "parts", parts };
    return { kind: "parts", parts: [{ disposition: "", contentType: "", sha256: this.#whole.digest("hex") }] };
  }
}

export type FormDescription = {
  readonly body: Readonly<Record<string, unknown>>;
  readonly file?: { readonly name: string; readonly mimeType: string; readonly size: number; readonly sha256: string };
};

/** The hash of each part of a form, however its bytes are cut. */
class PartHashes {
  readonly #dicer: Dicer;
  readonly #parts: Promise<ReadPart>[] = [];
  #description: FormDescription | undefined;
  readonly #ended: Promise<boolean>;

  constructor(boundary: string) {
    this.#dicer = new Dicer({ boundary });
    this.#ended = new Promise((resolve) => {
      this.#dicer.on("finish", () => resolve(true));
      this.#dicer.on("error", () => resolve(false));
    });
    this.#dicer.on("part", (part) => {
      if (this.#parts.length < MAX_PARTS) this.#parts.push(hashPart(part));
      else part.resume();
    });
  }

  write(chunk: Buffer): void {
    if (this.#dicer.writable) this.#dicer.write(chunk);
  }

  /** undefined: no form, or one of more parts than anybody sends. */
  async finish(): Promise<readonly PayloadPart[] | undefined> {
    if (this.#dicer.writable) this.#dicer.end();
    if (!(await this.#ended) || this.#parts.length === 0 || this.#parts.length >= MAX_PARTS) return undefined;
    const parts = await Promise.all(this.#parts);
    this.#description = describe(parts);
    return parts.map(({ disposition, contentType, sha256 }) => ({ disposition, contentType, sha256 }));
  }

  get description(): FormDescription | undefined {
    return this.#description;
  }
}

/** A part as it was read; `text` of a field that is no file and not too long. */
type ReadPart = PayloadPart & { readonly size: number; readonly text: string | undefined };
const MAX_FIELD_BYTES = 262_144;

function describe(parts: readonly ReadPart[]): FormDescription | undefined {
  const parameter = (part: ReadPart, name: string): string | undefined => {
    const found = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]*))`, "i").exec(
      Buffer.from(part.disposition, "latin1").toString("utf8"),
    );
    return found?.[1] ?? found?.[2];
  };
  const files = parts.filter(({ text }) => text === undefined);
  const [file] = files;
  if (files.length > 1) return undefined;
  const body = Object.fromEntries(
    parts.flatMap((part) => (part.text === undefined ? [] : [[parameter(part, "name") ?? "", part.text] as const])).toReversed(),
  );
  if (file === undefined) return { body };
  const { contentType, size, sha256 } = file;
  return { body, file: { name: parameter(file, "filename") ?? "", mimeType: contentType, size, sha256 } };
}

function hashPart(part: Readable): Promise<ReadPart> {
  return new Promise((resolve) => {
    const hash = createHash("sha256");
    let head: Readonly<Record<string, readonly string[]>> = {};
    let size = 0;
    const chunks: Buffer[] = [];
    const first = (name: string): string => head[name]?.[0]?.trim() ?? "";
    const isFile = (): boolean => /;\s*filename\*?=/i.test(first("content-disposition")) || size > MAX_FIELD_BYTES;
    part.on("header", (given: object) => void (head = given as typeof head));
    part.on("data", (chunk: Buffer) => {
      hash.update(chunk);
      size += chunk.length;
      if (!isFile()) chunks.push(chunk);
    });
    const end = (): void =>
      resolve({
        disposition: first("content-disposition"),
        contentType: first("content-type"),
        sha256: hash.digest("hex"),
        size,
        text: isFile() ? undefined : Buffer.concat(chunks).toString("utf8"),
      });
    part
      .once("close", end)
      .once("end", () => part.destroy())
      .once("error", () => part.destroy());
  });
}
