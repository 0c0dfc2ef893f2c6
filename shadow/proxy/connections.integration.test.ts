import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { connect } from "node:net";
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
/** True when nobody takes connections there. */
async function isRefused(): Promise<boolean> {
  const { hostname, port } = new URL(shadow.url);
  const socket = connect({ host: hostname, port: Number(port) });
  const [outcome] = await Promise.race([once(socket, "connect").then(() => ["accepted"]), once(socket, "error").then(() => ["refused"])]).catch(
    () => ["refused"],
  );
  socket.destroy();
  return outcome === "refused";
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

describe("connections", () => {
  it("are reused on both sides", async () => {
    handler = (_request, response) => response.end("ok");
    const client = openClient();
    for (let round = 0; round < 10; round += 1) {
      client.write(get(`/${round}`));
      expect((await client.answer()).values("connection")).toEqual(["keep-alive"]);
    }
    expect(connections).toBe(1);
  });

  it("carry a refusal after a good answer, as Node's own do", async () => {
    handler = (_request, response) => response.end("ok");
    const client = openClient();
    client.write(get("/good"));
    expect((await client.answer()).status).toBe(200);
    client.write("this is not HTTP\r\n\r\n");
    const refusal = await client.answer();
    expect([refusal.startLine, refusal.headers, refusal.body.toString()]).toEqual(["HTTP/1.1 400 Bad Request", [["Connection", "close"]], ""]);
  });

  it("end with a request that two readers could read in two ways", async () => {
    let asked = 0;
    handler = (_request, response) => {
      asked += 1;
      response.end("ok");
    };
    const client = openClient();
    client.write("GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\nX-Request-Id: r1\r\n\r\n");
    const refusal = await client.answer();
    expect([refusal.status, refusal.values("connection")]).toEqual([400, ["close"]]);
    expect(JSON.parse(refusal.body.toString())).toEqual({ error: "Bad request", code: "SHADOW_REQUEST_MALFORMED", details: "r1" });
    await once(client.socket, "end");
    expect(asked).toBe(0);
  });

  it("carry pipelined requests, answered in order", async () => {
    handler = (request, response) => void setTimeout(() => response.end(request.url), request.url === "/slow" ? 50 : 0);
    const client = openClient();
    client.write(get("/slow") + get("/quick") + get("/last"));
    const bodies = [await client.answer(), await client.answer(), await client.answer()].map(({ body }) => body.toString());
    expect(bodies).toEqual(["/slow", "/quick", "/last"]);
  });
});

describe("a client that goes away", () => {
  it.each([
    ["before the answer", ""],
    ["in the middle of the answer", "first part"],
  ])("%s cancels the call at once", async (_when, part) => {
    const cancelled = new Promise<number>((resolve) => {
      handler = (_request, response) => {
        if (part !== "") response.write(part);
        response.once("close", () => resolve(performance.now()));
      };
    });
    const asked = once(upstream, "request");
    const client = openClient();
    client.write(get("/slow"));
    await asked;
    await expect.poll(() => client.pending.toString()).toContain(part);
    const goneAt = performance.now();
    client.close();
    expect((await cancelled) - goneAt).toBeLessThan(1_000);
  });

  it("in the middle of an upload cancels the call", async () => {
    const cancelled = new Promise<string>((resolve) => {
      handler = (request) => request.on("error", (error) => resolve(error.message)).resume();
    });
    const asked = once(upstream, "request");
    const client = openClient();
    client.write("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nonly this");
    await asked;
    client.close();
    expect(await cancelled).toBe("aborted");
  });

  it("with a second request in the pipe cancels that one too", async () => {
    let open = 0;
    handler = (_request, response) => {
      open += 1;
      response.once("close", () => (open -= 1));
    };
    const client = openClient();
    client.write(get("/one") + get("/two"));
    await expect.poll(() => open).toBe(2);
    client.close();
    await expect.poll(() => open).toBe(0);
  });
});

describe("an event stream", () => {
  it("hands on each event at once, and ends at the system when the client goes away", async () => {
    let send: (event: string) => void = () => undefined;
    const gone = new Promise<number>((resolve) => {
      handler = (request, response) => {
        response.writeHead(200, { "content-type": "text/event-stream", "x-last": String(request.headers["last-event-id"]) }).flushHeaders();
        response.once("close", () => resolve(performance.now()));
        send = (event) => void response.write(`data: ${event}\n\n`);
      };
    });
    const client = openClient();
    client.write("GET /events HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\nLast-Event-ID: 7\r\n\r\n");
    await expect.poll(() => client.pending.toString()).toMatch(/x-last: 7\r\n[\s\S]*\r\n\r\n/);
    for (const event of ["one", "two", "three"]) {
      send(event);
      await expect.poll(() => client.pending.toString()).toContain(`data: ${event}\n\n`);
    }
    const goneAt = performance.now();
    client.close();
    expect((await gone) - goneAt).toBeLessThan(1_000);
  });
});

describe("while the proxy stops", () => {
  it("an answer in flight is finished, its connection closed, and nothing waits for keep-alive", async () => {
    let release: () => void = () => undefined;
    handler = (_request, response) => {
      release = () => response.end("late");
    };
    const client = openClient();
    client.write(get("/slow"));
    await once(upstream, "request");
    const stopping = shadow.stop();
    await expect.poll(isRefused).toBe(true);
    const releasedAt = performance.now();
    release();
    expect((await client.answer()).body.toString()).toBe("late");
    await stopping;
    expect(performance.now() - releasedAt).toBeLessThan(1_500);
    shadow = { ...shadow, stop: () => Promise.resolve() };
  });

  it("a request that was half sent is served, not refused with 503, and is the last of its connection", async () => {
    handler = (_request, response) => response.end("served");
    const client = openClient();
    client.write("GET /half HTTP/1.1\r\n");
    await settled(() => client.socket.bytesWritten);
    const stopping = shadow.stop();
    await expect.poll(isRefused).toBe(true);
    client.write("Host: api.example\r\n\r\n");
    const answer = await client.answer();
    expect([answer.status, answer.body.toString(), answer.values("connection")]).toEqual([200, "served", ["close"]]);
    await stopping;
    shadow = { ...shadow, stop: () => Promise.resolve() };
  });

  it("a connection that was opened and never used does not hold it up", async () => {
    const client = openClient();
    await once(client.socket, "connect");
    const stoppedAt = performance.now();
    await shadow.stop();
    expect(performance.now() - stoppedAt).toBeLessThan(1_500);
    shadow = { ...shadow, stop: () => Promise.resolve() };
  });
});
