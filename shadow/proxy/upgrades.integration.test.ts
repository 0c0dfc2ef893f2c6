import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startShadow, type ShadowForTests } from "../testing/start-shadow.ts";
import { RawClient } from "../transparency/raw-client.ts";
import { ask } from "../transparency/transparency-case.ts";

type Handler = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

let handler: Handler;
let upstream: Server;
let shadow: ShadowForTests;
const clients: RawClient[] = [];
const tunnels = new Set<Socket>();

beforeEach(async () => {
  upstream = createServer((_request, response) => response.end("ok"));
  upstream.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    tunnels.add(socket);
    socket.on("error", () => undefined).once("close", () => tunnels.delete(socket));
    handler(request, socket, head);
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  shadow = await startShadow({ legacyUrl: url, candidateUrl: url, storeUrl: () => Promise.reject(new Error("no store in this test")), yaml: "" });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await shadow.stop();
  for (const socket of tunnels) socket.destroy();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

const ACCEPTED = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
const handshake = ask("GET", "/ws", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: eA==\r\n");
const MB = 1_048_576;

/** A client whose handshake was taken, and the owner's end of its tunnel. */
async function openTunnel(): Promise<{ readonly client: RawClient; readonly owner: Socket }> {
  const taken = new Promise<Socket>((resolve) => {
    handler = (_request, socket) => {
      socket.write(ACCEPTED);
      resolve(socket);
    };
  });
  const client = new RawClient(shadow.url);
  clients.push(client);
  client.write(handshake);
  expect((await client.answer()).startLine).toBe("HTTP/1.1 101 Switching Protocols");
  return { client, owner: await taken };
}

/** Everything until the other side ends; ours stays open. */
async function allOf(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(socket, "end");
  return Buffer.concat(chunks);
}

/** Resolves when the connection is lost or ended by the other side. */
const over = (socket: Socket): Promise<void> =>
  new Promise((resolve) =>
    socket
      .resume()
      .once("end", resolve)
      .once("close", () => resolve()),
  );

const hashOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

describe("a tunnel", () => {
  it("carries bytes both ways as they are", async () => {
    const { client, owner } = await openTunnel();
    const bytes = Buffer.alloc(MB, "parallax");
    const arrived = allOf(owner);
    client.socket.end(bytes);
    expect(hashOf(await arrived)).toBe(hashOf(bytes));
    owner.end(bytes);
    await once(client.socket, "end");
    expect(hashOf(client.pending)).toBe(hashOf(bytes));
  });

  it("is half closed when the owner ends its side: the client can still write", async () => {
    const { client, owner } = await openTunnel();
    owner.end("last words");
    await once(client.socket, "end");
    expect(client.pending.toString()).toBe("last words");
    client.socket.end("the client's last words");
    expect((await allOf(owner)).toString()).toBe("the client's last words");
  });

  it("is half closed when the client ends its side: the owner can still write", async () => {
    const { client, owner } = await openTunnel();
    client.socket.end("bye");
    expect((await allOf(owner)).toString()).toBe("bye");
    owner.end("and bye");
    await once(client.socket, "end");
    expect(client.pending.toString()).toBe("and bye");
  });

  it.each([
    ["the client resets", ({ client, owner }: { client: RawClient; owner: Socket }) => [client.socket, owner] as const],
    ["the owner resets", ({ client, owner }: { client: RawClient; owner: Socket }) => [owner, client.socket] as const],
  ])("is lost on both sides when %s", async (_who, sides) => {
    const [one, other] = sides(await openTunnel());
    other.resume();
    const lost = over(other);
    one.resetAndDestroy();
    await expect(lost).resolves.toBeUndefined();
  });

  it("holds back a client whose owner does not read", async () => {
    const { client, owner } = await openTunnel();
    owner.pause();
    client.socket.write(Buffer.alloc(64 * MB));
    let before = -1;
    await expect
      .poll(
        () => {
          const isSettled = client.socket.bytesWritten - client.socket.writableLength === before;
          before = client.socket.bytesWritten - client.socket.writableLength;
          return isSettled && before > 0;
        },
        { interval: 150, timeout: 8_000 },
      )
      .toBe(true);
    expect(before).toBeLessThan(32 * MB);
  });

  it("does not hold up the proxy's stop", async () => {
    const { client } = await openTunnel();
    const lost = over(client.socket);
    await shadow.stop();
    await expect(lost).resolves.toBeUndefined();
    shadow = { ...shadow, stop: () => Promise.resolve() };
  });
});

describe("a handshake", () => {
  it("whose client goes away is taken back from the owner", async () => {
    const asked = new Promise<Socket>((resolve) => (handler = (_request, socket) => resolve(socket)));
    const client = new RawClient(shadow.url);
    client.write(handshake);
    const owner = await asked;
    const lost = over(owner);
    client.socket.resetAndDestroy();
    await expect(lost).resolves.toBeUndefined();
  });

  it("behind a request that is still being answered ends the connection: their bytes would mix", async () => {
    handler = (_request, socket) => socket.write(ACCEPTED);
    upstream.removeAllListeners("request").on("request", () => undefined); // never answers
    const client = new RawClient(shadow.url);
    clients.push(client);
    client.write(ask("GET", "/slow") + handshake);
    await expect(client.answer()).rejects.toThrow("after 0 bytes");
    expect(tunnels.size).toBe(0);
  });

  it("that was refused is the last of its connection: what follows it is not served", async () => {
    let asked = 0;
    handler = (_request, socket) => {
      asked += 1;
      socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    };
    const client = new RawClient(shadow.url);
    clients.push(client);
    client.write(handshake + ask("GET", "/smuggled"));
    const answer = await client.answer();
    expect([answer.status, answer.values("connection")]).toEqual([400, ["close"]]);
    await over(client.socket);
    expect([asked, client.pending.length]).toEqual([1, 0]);
  });

  it("for something other than WebSocket leaves the connection usable", async () => {
    const client = new RawClient(shadow.url);
    clients.push(client);
    for (let round = 0; round < 3; round += 1) {
      client.write(ask("GET", "/x", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n"));
      expect((await client.answer()).body.toString()).toBe("ok");
    }
  });
});
