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

/** The hash of each part of a form, however its bytes are cut. */
class PartHashes {
  readonly #dicer: Dicer;
  readonly #parts: Promise<PayloadPart>[] = [];
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
    return Promise.all(this.#parts);
  }
}

function hashPart(part: Readable): Promise<PayloadPart> {
  return new Promise((resolve) => {
    const hash = createHash("sha256");
    let head: Readonly<Record<string, readonly string[]>> = {};
    part.on("header", (given: object) => void (head = given as typeof head));
    part.on("data", (chunk: Buffer) => hash.update(chunk));
    const first = (name: string): string => head[name]?.[0]?.trim() ?? "";
    const end = (): void => resolve({ disposition: first("content-disposition"), contentType: first("content-type"), sha256: hash.digest("hex") });
    part
      .once("close", end)
      .once("end", () => part.destroy())
      .once("error", () => part.destroy());
  });
}
