import { createHash } from "node:crypto";
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ShadowForTests } from "../testing/start-shadow.ts";
import { startUpstreamBehindProxy } from "../testing/start-upstream-behind-proxy.ts";
import { RawClient } from "../transparency/raw-client.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let handler: Handler;
let upstream: Server;
let connections: number;
let shadow: ShadowForTests;
const clients: { close: () => void }[] = [];

beforeEach(async () => {
  connections = 0;
  ({ upstream, shadow } = await startUpstreamBehindProxy((request, response) => handler(request, response)));
  upstream.on("connection", () => (connections += 1));
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  upstream.closeAllConnections();
  await shadow.stop();
  await new Promise((resolve) => upstream.close(resolve));
});

function openClient(): RawClient {
  const client = new RawClient(shadow.url);
  clients.push(client);
  return client;
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: api.example\r\n\r\n`;
const MB = 1_048_576;

/** So many bytes of a fixed pattern, made as they are read. */
function pattern(bytes: number): Readable {
  const chunk = Buffer.alloc(65_536, "parallax");
  let left = bytes;
  return new Readable({
    read() {
      const part = chunk.subarray(0, Math.min(left, chunk.length));
      left -= part.length;
      this.push(part.length === 0 ? null : part);
    },
  });
}

/** Kernel buffers of two connections and what the proxy holds of a stream; far less than the whole. */
const IN_FLIGHT_BYTES = 24 * MB;
const STEP_BYTES = 2 * MB;

/** Reads to the end, waiting after each step until the sender is held back; tells the most that was ever on its way. */
async function readInSteps(stream: IncomingMessage, sent: () => number): Promise<{ readonly bytes: number; readonly mostOnTheWay: number }> {
  let bytes = 0;
  let mostOnTheWay = 0;
  let nextStop = STEP_BYTES;
  for await (const chunk of stream) {
    bytes += (chunk as Buffer).length;
    mostOnTheWay = Math.max(mostOnTheWay, sent() - bytes);
    if (bytes < nextStop) continue;
    nextStop += STEP_BYTES;
    await untilStill(sent);
  }
  return { bytes, mostOnTheWay };
}

/** Resolves when the figure is the same after a few turns of the event loop. */
async function untilStill(figure: () => number): Promise<void> {
  for (let still = 0, before = figure(); still < 20; before = figure()) {
    await new Promise((resolve) => setImmediate(resolve));
    still = figure() === before ? still + 1 : 0;
  }
}

async function hashOf(stream: AsyncIterable<unknown>): Promise<{ readonly length: number; readonly sha256: string }> {
  const hash = createHash("sha256");
  let length = 0;
  for await (const chunk of stream) {
    hash.update(chunk as Buffer);
    length += (chunk as Buffer).length;
  }
  return { length, sha256: hash.digest("hex") };
}

/** Resolves when the figure has stopped growing. */
async function settled(figure: () => number): Promise<number> {
  let before = -1;
  await expect
    .poll(
      () => {
        const isSettled = figure() === before && before > 0;
        before = figure();
        return isSettled;
      },
      { interval: 150, timeout: 8_000 },
    )
    .toBe(true);
  return before;
}

describe("an answer is streamed", () => {
  it("headers reach the client before the first byte of the body", async () => {
    let release: () => void = () => undefined;
    handler = (_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      release = () => response.end("data: 1\n\n");
    };
    const client = openClient();
    client.write(get("/events"));
    await expect.poll(() => client.pending.toString()).toContain("text/event-stream");
    release();
    expect((await client.answer()).body.toString()).toBe("data: 1\n\n");
  });

  it("each part as soon as it is there", async () => {
    let send: (text: string) => void = () => undefined;
    handler = (_request, response) => {
      send = (text) => void (text === "" ? response.end() : response.write(text));
      send("one");
    };
    const client = openClient();
    client.write(get("/parts"));
    await expect.poll(() => client.pending.toString()).toContain("one");
    send("two");
    await expect.poll(() => client.pending.toString()).toContain("two");
    send("");
    expect((await client.answer()).body.toString()).toBe("onetwo");
  });

  it("trailers too, and early hints ahead of it", async () => {
    handler = (_request, response) => {
      response.writeEarlyHints({ link: "</a.css>; rel=preload" });
      response.writeHead(200, { trailer: "x-sum" });
      response.write("body");
      response.addTrailers({ "x-sum": "abc" });
      response.end();
    };
    const client = openClient();
    client.write(get("/trailers"));
    expect((await client.answer()).values("link")).toEqual(["</a.css>; rel=preload"]);
    const answer = await client.answer();
    expect([answer.status, answer.body.toString(), answer.trailers]).toEqual([200, "body", [["x-sum", "abc"]]]);
  });

  it("what is on its way to a client that reads step by step stays bounded, all the time", async () => {
    const size = 48 * MB;
    let upstreamSocket: Socket | undefined;
    handler = (request, response) => {
      upstreamSocket = request.socket;
      response.writeHead(200, { "content-length": size });
      pattern(size).pipe(response);
    };
    const request = httpRequest(`${shadow.url}/big`).end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const read = await readInSteps(response, () => upstreamSocket?.bytesWritten ?? 0);
    expect(read.bytes).toBe(size);
    expect(read.mostOnTheWay).toBeLessThan(IN_FLIGHT_BYTES);
  });

  it("a client that reads slowly slows the owner down: 64 MB are not buffered", async () => {
    const size = 64 * MB;
    let upstreamSocket: Socket | undefined;
    handler = (request, response) => {
      upstreamSocket = request.socket;
      response.writeHead(200, { "content-length": size });
      pattern(size).pipe(response);
    };
    const rssBefore = process.memoryUsage.rss();
    const request = httpRequest(`${shadow.url}/big`).end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const taken = await settled(() => upstreamSocket?.bytesWritten ?? 0); // the client has not read yet
    expect(taken).toBeLessThan(32 * MB);
    expect(process.memoryUsage.rss() - rssBefore).toBeLessThan(48 * MB);
    expect(await hashOf(response)).toEqual(await hashOf(pattern(size)));
  });
});

describe("a request body is streamed", () => {
  it("64 MB to an owner that reads slowly are not buffered, and arrive byte for byte", async () => {
    const size = 64 * MB;
    let read: (() => void) | undefined;
    handler = (request, response) => {
      read = () => void hashOf(request).then((hash) => response.end(JSON.stringify(hash)));
    };
    const request = httpRequest(`${shadow.url}/upload`, { method: "POST", headers: { "content-length": size } });
    const answered = once(request, "response");
    const rssBefore = process.memoryUsage.rss();
    pattern(size).pipe(request);
    const taken = await settled(() => request.socket?.bytesWritten ?? 0);
    expect(taken).toBeLessThan(32 * MB);
    expect(process.memoryUsage.rss() - rssBefore).toBeLessThan(48 * MB);
    read?.();
    const [response] = (await answered) as [IncomingMessage];
    expect(JSON.parse((await response.toArray()).join(""))).toEqual(await hashOf(pattern(size)));
  });

  it("what is on its way to an owner that reads step by step stays bounded, all the time", async () => {
    const size = 48 * MB;
    let sent: () => number = () => 0;
    const read = new Promise<Awaited<ReturnType<typeof readInSteps>>>((resolve, reject) => {
      handler = (request, response) => {
        readInSteps(request, () => sent()).then((figures) => {
          response.end("ok");
          resolve(figures);
        }, reject);
      };
    });
    const request = httpRequest(`${shadow.url}/upload`, { method: "POST", headers: { "content-length": size } });
    sent = () => (request.socket?.bytesWritten ?? 0) - (request.socket?.writableLength ?? 0);
    const answered = once(request, "response");
    pattern(size).pipe(request);
    const { bytes, mostOnTheWay } = await read;
    await answered;
    expect(bytes).toBe(size);
    expect(mostOnTheWay).toBeLessThan(IN_FLIGHT_BYTES);
  });

  it("in chunks as they come", async () => {
    const parts: string[] = [];
    handler = (request, response) => {
      request.on("data", (chunk: Buffer) => parts.push(chunk.toString())).once("end", () => response.end("done"));
    };
    const client = openClient();
    client.write("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
    await expect.poll(() => parts).toEqual(["one"]);
    client.write("3\r\ntwo\r\n0\r\n\r\n");
    expect((await client.answer()).body.toString()).toBe("done");
    expect(parts).toEqual(["one", "two"]);
  });

  it.each([
    ["and reads none of it", (request: IncomingMessage) => void request],
    ["and reads on", (request: IncomingMessage) => void request.resume()],
  ])("an owner that answers before it has the whole body %s: the client has its answer, and nothing hangs", async (_name, take) => {
    handler = (request, response) => {
      take(request);
      response.writeHead(401, { "content-type": "application/json" }).end(`{"error":"Unauthorized"}`);
    };
    const size = 8 * MB;
    const { hostname, port } = new URL(shadow.url);
    const socket = connect({ host: hostname, port: Number(port) });
    clients.push({ close: () => socket.destroy() });
    let received = "";
    socket.on("data", (chunk) => (received += chunk.toString()));
    let end = "";
    socket.on("error", (error) => (end = error.message)).on("close", () => (end ||= "closed"));
    socket.write(`POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
    let isSent = false;
    pattern(size)
      .on("end", () => (isSent = true))
      .pipe(socket, { end: false });
    await expect.poll(() => received, { timeout: 3_000 }).toContain("401 Unauthorized");
    await expect.poll(() => isSent || end !== "", { timeout: 3_000 }).toBe(true);
    expect(received).toContain(`{"error":"Unauthorized"}`);
  });
});
