import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** HTTP as bytes, for what a client library hides: order and case of headers, reason phrases, framing, resets. */

/** A message as it was on the wire. `body` has its chunked framing taken off. */
export type RawMessage = {
  readonly startLine: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly trailers: readonly (readonly [name: string, value: string])[];
};

export type RawAnswer = RawMessage & {
  readonly status: number;
  /** How many bytes the message took. */
  readonly length: number;
  /** Values of one header, in order. */
  readonly values: (name: string) => string[];
};

const ANSWER_TIMEOUT_MS = 10_000;
const HEAD_END = Buffer.from("\r\n\r\n");

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
    const { hostname, port } = new URL(url);
    this.socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
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

export type RawUpstream = {
  readonly url: string;
  readonly port: number;
  /** Requests as they came, in order. */
  readonly requests: readonly RawMessage[];
  /** Connections opened so far. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
};

/** Answers each request with the bytes that `respond` gives; nothing is added. */
export async function startRawUpstream(respond: (request: RawMessage, socket: Socket) => string | Buffer | undefined): Promise<RawUpstream> {
  const requests: RawMessage[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    let received = Buffer.alloc(0);
    socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      for (let found = parseRequest(received); found !== undefined; found = parseRequest(received)) {
        received = received.subarray(found.length);
        requests.push(found);
        const answer = respond(found, socket);
        if (answer !== undefined) socket.write(typeof answer === "string" ? Buffer.from(answer, "latin1") : answer);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

type Parsed = RawMessage & { readonly length: number };

function parseRequest(bytes: Buffer): Parsed | undefined {
  const head = parseHead(bytes);
  return head === undefined ? undefined : withBody(bytes, head, { isBodiless: !isFramed(head.headers), isEnded: false });
}

function parseAnswer(bytes: Buffer, { isHead, isEnded }: { readonly isHead: boolean; readonly isEnded: boolean }): RawAnswer | undefined {
  const head = parseHead(bytes);
  if (head === undefined) return undefined;
  const status = Number(head.startLine.split(" ")[1]);
  const found = withBody(bytes, head, { isBodiless: isHead || status < 200 || status === 204 || status === 304, isEnded });
  if (found === undefined) return undefined;
  const values = (name: string): string[] => found.headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
  return { ...found, status, values };
}

type Head = { readonly startLine: string; readonly headers: RawMessage["headers"]; readonly length: number };

function parseHead(bytes: Buffer): Head | undefined {
  const end = bytes.indexOf(HEAD_END);
  if (end === -1) return undefined;
  const [startLine = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  return { startLine, headers: lines.map(parseLine), length: end + HEAD_END.length };
}

function parseLine(line: string): readonly [string, string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}

const valueOf = (headers: RawMessage["headers"], name: string): string | undefined => headers.find(([each]) => each.toLowerCase() === name)?.[1];
const isFramed = (headers: RawMessage["headers"]): boolean =>
  valueOf(headers, "transfer-encoding") !== undefined || valueOf(headers, "content-length") !== undefined;

function withBody(
  bytes: Buffer,
  head: Head,
  { isBodiless, isEnded }: { readonly isBodiless: boolean; readonly isEnded: boolean },
): Parsed | undefined {
  const { startLine, headers, length: start } = head;
  const none = { startLine, headers, trailers: [] };
  if (isBodiless) return { ...none, body: Buffer.alloc(0), length: start };
  if (valueOf(headers, "transfer-encoding") !== undefined) return withChunks(bytes, head);
  const declared = valueOf(headers, "content-length");
  if (declared === undefined) return isEnded ? { ...none, body: bytes.subarray(start), length: bytes.length } : undefined;
  const length = start + Number(declared);
  return bytes.length < length ? undefined : { ...none, body: bytes.subarray(start, length), length };
}

function withChunks(bytes: Buffer, { startLine, headers, length: start }: Head): Parsed | undefined {
  const chunks: Buffer[] = [];
  for (let at = start; ;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString("latin1"), 16);
    if (size === 0) {
      const end = bytes.indexOf(HEAD_END, lineEnd);
      if (end === -1) return undefined;
      const lines =
        end === lineEnd
          ? []
          : bytes
              .subarray(lineEnd + 2, end)
              .toString("latin1")
              .split("\r\n");
      return { startLine, headers, body: Buffer.concat(chunks), trailers: lines.map(parseLine), length: end + HEAD_END.length };
    }
    if (bytes.length < lineEnd + 2 + size + 2) return undefined;
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
