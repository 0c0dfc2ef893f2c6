import { connect, type Socket } from "node:net";

export type Reply = { readonly isGood: boolean };

const HEAD_END = Buffer.from("\r\n\r\n");

/**
 * One keep-alive connection that asks one thing at a time. It reads just enough of HTTP to know where an answer with a
 * `content-length` ends, so that the load costs the machine less than what is measured.
 */
export class HttpConnection {
  readonly #port: number;
  #socket: Socket | undefined;
  #onReply: ((reply: Reply) => void) | undefined;
  #head: Buffer = Buffer.alloc(0);
  #missing = 0;
  #isGood = false;

  constructor(port: number) {
    this.#port = port;
  }

  /** `request` is complete, as bytes. The reply is not good when it is no 2xx, has no length, or breaks off. */
  send(request: Buffer, onReply: (reply: Reply) => void): void {
    this.#onReply = onReply;
    this.#head = Buffer.alloc(0);
    this.#missing = -1;
    this.#socket ??= this.#open();
    this.#socket.write(request);
  }

  close(): void {
    this.#onReply = undefined;
    this.#socket?.destroy();
  }

  #open(): Socket {
    const socket = connect({ port: this.#port, host: "127.0.0.1", noDelay: true });
    socket.on("data", (chunk) => this.#read(chunk));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      if (this.#socket === socket) this.#socket = undefined;
      this.#reply(false);
    });
    return socket;
  }

  #read(chunk: Buffer): void {
    if (this.#missing === -1) {
      this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
      const end = this.#head.indexOf(HEAD_END);
      if (end === -1) return;
      const head = this.#head.toString("latin1", 0, end);
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
      this.#isGood = head.startsWith("HTTP/1.1 2") && length !== undefined;
      this.#missing = Number(length ?? 0) - (this.#head.length - end - HEAD_END.length);
      if (length === undefined) this.#socket?.destroy();
    } else {
      this.#missing -= chunk.length;
    }
    if (this.#missing <= 0) this.#reply(this.#isGood);
  }

  #reply(isGood: boolean): void {
    const onReply = this.#onReply;
    this.#onReply = undefined;
    onReply?.({ isGood });
  }
}
