import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { parseAnswer, type RawAnswer } from "./raw-message.ts";

const ANSWER_TIMEOUT_MS = 10_000;

/** The end of the connection came before the end of the answer. */
export class BrokenOff extends Error {
  readonly received: Buffer;
  readonly isReset: boolean;

  constructor(received: Buffer, isReset: boolean) {
    super(`the connection ${isReset ? "was reset" : "ended"} after ${received.length} bytes: ${received.subarray(0, 200).toString("latin1")}`);
    this.received = received;
    this.isReset = isReset;
  }
}

/** One connection of a client: what is written goes out as it is, answers come back one by one. */
export class RawClient {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #end: BrokenOff | undefined;
  #wake: () => void = () => undefined;

  constructor(url: string) {
    this.socket = open(new URL(url));
    this.socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    this.socket.on("end", () => this.#finish(false));
    this.socket.on("error", () => this.#finish(true));
    this.socket.on("close", () => this.#finish(true));
  }

  write(data: string | Buffer): void {
    this.socket.write(typeof data === "string" ? Buffer.from(data, "latin1") : data);
  }

  /** The next answer. Throws `BrokenOff` when the connection ends first. `isHead`: it has no body whatever its headers say. */
  async answer({ isHead = false }: { readonly isHead?: boolean } = {}): Promise<RawAnswer> {
    const deadline = setTimeout(() => this.socket.destroy(), ANSWER_TIMEOUT_MS);
    try {
      for (;;) {
        const found = parseAnswer(this.#received, { isHead, isEnded: this.#end !== undefined && !this.#end.isReset });
        if (found !== undefined) {
          this.#received = this.#received.subarray(found.length);
          return found;
        }
        if (this.#end !== undefined) throw this.#end;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Bytes that came and belong to no answer yet. */
  get pending(): Buffer {
    return this.#received;
  }

  close(): void {
    this.socket.destroy();
  }

  #finish(isReset: boolean): void {
    this.#end ??= new BrokenOff(this.#received, isReset);
    this.#wake();
  }
}

function open({ protocol, hostname, port }: URL): Socket {
  const host = hostname.replace(/^\[|\]$/g, "");
  if (protocol !== "https:") return connect({ host, port: Number(port === "" ? 80 : port), allowHalfOpen: true });
  return connectTls({ host, port: Number(port === "" ? 443 : port), servername: host, ALPNProtocols: ["http/1.1"] });
}

/** Sends one request on a connection of its own; answers what came back. */
export async function rawRequest(url: string, request: string | Buffer, options: { readonly isHead?: boolean } = {}): Promise<RawAnswer> {
  const client = new RawClient(url);
  try {
    client.write(request);
    return await client.answer(options);
  } finally {
    client.close();
  }
}
