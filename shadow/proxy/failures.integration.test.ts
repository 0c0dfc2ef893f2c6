import { createServer, type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../lib/free-port.ts";
import { startShadow, type ShadowForTests } from "../testing/start-shadow.ts";
import { BrokenOff, RawClient, rawRequest } from "../transparency/raw-client.ts";
import type { RawAnswer } from "../transparency/raw-message.ts";
import { startRawUpstream, type RawUpstream } from "../transparency/raw-upstream.ts";

const noStore = (): Promise<string> => Promise.reject(new Error("no store in this test"));
const started: { stop: () => Promise<void> }[] = [];

async function proxyTo(legacyUrl: string, yaml = ""): Promise<ShadowForTests> {
  const shadow = await startShadow({ legacyUrl, candidateUrl: legacyUrl, storeUrl: noStore, yaml });
  started.push(shadow);
  return shadow;
}

/** Answers what the path asks for. */
let upstream: RawUpstream;
let shadow: ShadowForTests;

beforeAll(async () => {
  upstream = await startRawUpstream(({ startLine }, socket) => {
    const path = startLine.split(" ")[1] ?? "";
    if (path.startsWith("/503")) return "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 4\r\n\r\nbusy";
    if (path === "/reset") socket.resetAndDestroy();
    else if (path === "/end") socket.end();
    else if (path === "/garbage") socket.end("this is not HTTP\r\n\r\n");
    else if (path === "/cut-length") socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
    else if (path === "/cut-chunks") socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nonly\r\n");
    else if (path === "/reset-body") socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", () => socket.resetAndDestroy());
    else if (path === "/stall-body") return "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this";
    else if (path === "/ok") return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    return undefined;
  });
  shadow = await proxyTo(upstream.url, "limits: { primaryTimeoutMs: 600 }");
});
afterAll(async () => {
  await Promise.all(started.map((each) => each.stop()));
  await upstream.close();
});

const get = (path: string, headers = ""): string => `GET ${path} HTTP/1.1\r\nHost: api.example\r\n${headers}\r\n`;
const post = (path: string, body: string): string => `POST ${path} HTTP/1.1\r\nHost: api.example\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const bodyOf = (answer: RawAnswer): unknown => JSON.parse(answer.body.toString());

describe("what the owner answers is final", () => {
  it.each(["GET", "HEAD", "PUT", "DELETE", "POST"])("a %s answered 503 with retry-after is not retried", async (method) => {
    const path = `/503/${method}`;
    const answer = await rawRequest(shadow.url, `${method} ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`, { isHead: method === "HEAD" });
    expect(answer.startLine).toBe("HTTP/1.1 503 Service Unavailable");
    expect(answer.values("retry-after")).toEqual(["1"]);
    expect(upstream.requests.filter(({ startLine }) => startLine.includes(path))).toHaveLength(1);
  });

  it.each(["/reset", "/end"])("a GET whose connection is lost (%s) is not asked again", async (path) => {
    const before = upstream.requests.length;
    await rawRequest(shadow.url, get(path));
    await rawRequest(shadow.url, get("/ok"));
    expect(upstream.requests.slice(before).map(({ startLine }) => startLine.split(" ")[1])).toEqual([path, "/ok"]);
  });
});

describe("an owner that does not answer", () => {
  const small = "small";
  const large = "x".repeat(3_000_000);

  it.each([
    ["a GET", get("/a")],
    ["a POST", post("/a", small)],
    ["a POST of 3 MB", post("/a", large)],
    ["an OPTIONS of everything", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"],
  ])("refuses connections: 502 to %s, and the connection of the client stays usable", async (_name, request) => {
    const down = await proxyTo(`http://127.0.0.1:${await freePort()}`);
    const client = new RawClient(down.url);
    for (let round = 0; round < 2; round += 1) {
      client.write(request);
      const answer = await client.answer();
      expect(answer.startLine).toBe("HTTP/1.1 502 Bad Gateway");
      expect(bodyOf(answer)).toEqual({ error: "Bad gateway", code: "SHADOW_PRIMARY_UNREACHABLE", details: answer.values("x-request-id")[0] });
      expect(answer.values("content-type")).toEqual(["application/json"]);
      expect(answer.values("cache-control")).toEqual(["no-store"]);
    }
    client.close();
  });

  it("takes the request id of the client when it is a plain one, and makes one otherwise", async () => {
    const given = await rawRequest(shadow.url, get("/reset", "X-Request-Id: abc-1.2_3\r\n"));
    expect(bodyOf(given)).toMatchObject({ details: "abc-1.2_3" });
    const odd = await rawRequest(shadow.url, get("/reset", 'X-Request-Id: "><script>\r\n'));
    expect(bodyOf(odd)).toMatchObject({ details: expect.stringMatching(/^[0-9a-f-]{36}$/) as string });
  });

  it.each([
    ["resets before an answer", get("/reset")],
    ["ends before an answer", get("/end")],
    ["answers something that is not HTTP", get("/garbage")],
    ["resets a POST before an answer", post("/reset", small)],
    ["resets a POST of 3 MB before an answer", post("/reset", large)],
  ])("%s: 502", async (_name, request) => {
    const answer = await rawRequest(shadow.url, request);
    expect(answer.startLine).toBe("HTTP/1.1 502 Bad Gateway");
    expect(bodyOf(answer)).toMatchObject({ error: "Bad gateway", code: "SHADOW_PRIMARY_BROKE_OFF" });
  });

  it.each([
    ["GET", get("/silent")],
    ["POST", post("/silent", small)],
    ["POST that expects 100 Continue", `POST /silent HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n`],
    ["WebSocket", get("/silent", "Connection: Upgrade\r\nUpgrade: websocket\r\n")],
  ])("says nothing to a %s: 504 after limits.primaryTimeoutMs", async (_method, request) => {
    const startedAt = performance.now();
    const answer = await rawRequest(shadow.url, request);
    expect(performance.now() - startedAt).toBeGreaterThan(500);
    expect(answer.startLine).toBe("HTTP/1.1 504 Gateway Timeout");
    expect(bodyOf(answer)).toMatchObject({ error: "Gateway timeout", code: "SHADOW_PRIMARY_TIMEOUT" });
  });

  it("has a name that cannot be resolved: 502", async () => {
    const lost = await proxyTo("http://no-such-host.invalid:80");
    expect((await rawRequest(lost.url, get("/a"))).status).toBe(502);
  });

  it("says nothing about itself to the client", async () => {
    const answer = await rawRequest(shadow.url, get("/reset"));
    expect(answer.body.toString()).not.toContain(String(upstream.port));
    expect(answer.body.toString()).not.toMatch(/socket|closed|ECONN|stack|node/i);
  });
});

describe("an answer that breaks off", () => {
  it.each(["/cut-length", "/cut-chunks", "/reset-body"])("resets the client instead of ending cleanly (%s)", async (path) => {
    const client = new RawClient(shadow.url);
    client.write(get(path));
    const end = await client.answer().catch((error: unknown) => error);
    expect(end).toBeInstanceOf(BrokenOff);
    expect((end as BrokenOff).received.toString("latin1")).toMatch(/^HTTP\/1\.1 200 OK/);
    expect((end as BrokenOff).received.toString("latin1")).not.toMatch(/\r\n0\r\n\r\n$/);
  });

  it("stalls in its body: the client is reset after the timeout", async () => {
    const client = new RawClient(shadow.url);
    client.write(get("/stall-body"));
    await expect(client.answer()).rejects.toBeInstanceOf(BrokenOff);
  });
});

it("an owner whose address takes connections and drops them is 502, every time, without a leak of sockets", async () => {
  let open = 0;
  const dropper = createServer((socket) => {
    open += 1;
    socket.once("close", () => (open -= 1)).on("error", () => undefined);
    socket.destroy();
  });
  await new Promise<void>((resolve) => dropper.listen(0, "127.0.0.1", resolve));
  const proxy = await proxyTo(`http://127.0.0.1:${(dropper.address() as AddressInfo).port}`);
  const answers = await Promise.all(Array.from({ length: 20 }, () => rawRequest(proxy.url, get("/a"))));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([502]));
  await expect.poll(() => open).toBe(0);
  dropper.close();
});
