import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { RawClient, startRawUpstream, type RawUpstream } from "../../testing/raw-http.ts";
import { askBothWays, askOnce, type Seen } from "../../testing/side-by-side.ts";
import { startShadow, type ShadowForTests } from "../testing/start-shadow.ts";

let answer: string | Buffer;
let upstream: RawUpstream;
let shadow: ShadowForTests;

beforeAll(async () => {
  upstream = await startRawUpstream(() => answer);
  const storeUrl = (): Promise<string> => Promise.reject(new Error("no store in this test"));
  shadow = await startShadow({ legacyUrl: upstream.url, candidateUrl: upstream.url, storeUrl, yaml: "" });
});
afterAll(async () => {
  await shadow.stop();
  await upstream.close();
});
beforeEach(() => {
  answer = OK;
});

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

const bothWays = (request: string | Buffer): ReturnType<typeof askBothWays> => askBothWays(upstream, shadow.url, request);
const ask = (request: string | Buffer): Promise<Seen> => askOnce(upstream, shadow.url, request);
const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: api.example\r\n\r\n`;
const withBody = (method: string, body: string, headers = ""): Buffer =>
  Buffer.from(`${method} /x HTTP/1.1\r\nHost: api.example\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);

describe("a request target reaches the system as it was sent", () => {
  it.each([
    ["a query that cannot be decoded", "/search?q=50%"],
    ["dots", "/a/../b"],
    ["dots above the root", "/.."],
    ["encoded dots", "/%2e%2e/secret"],
    ["two slashes", "//double"],
    ["an encoded slash", "/a%2Fb"],
    ["a malformed escape", "/bad%zz"],
    ["an escape cut short", "/bad%e"],
    ["a fragment", "/a#fragment"],
    ["a semicolon and an asterisk", "/a;v=1,2/*"],
    ["quotes, pipes and brackets", `/a"b|c[0]{1}^\`\\<>`],
    ["encoded UTF-8", "/gr%C3%B6%C3%9Fe/%E6%97%A5?q=%C3%BC"],
    ["an empty query", "/a?"],
    ["a query of 8 KB", `/a?q=${"x".repeat(8_192)}`],
    ["the same parameter twice, out of order", "/a?b=2&a=1&b=1&=&&"],
    ["the absolute form", "http://api.example/a?b=c"],
  ])("with %s", async (_name, target) => {
    const { direct, through } = await bothWays(get(target));
    expect(through).toEqual(direct);
  });
});

describe("methods reach the system", () => {
  it.each(["OPTIONS", "TRACE", "PROPFIND", "REPORT", "M-SEARCH", "PURGE", "SEARCH", "MKCOL", "LINK"])("%s", async (method) => {
    const { direct, through } = await bothWays(`${method} /x HTTP/1.1\r\nHost: api.example\r\n\r\n`);
    expect(through).toEqual(direct);
    expect(through.asked.startLine).toBe(`${method} /x HTTP/1.1`);
  });

  it.each(["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "GET"])("%s with a body", async (method) => {
    const { direct, through } = await bothWays(withBody(method, "payload"));
    expect(through).toEqual(direct);
    expect(through.asked.body).toBe("payload");
  });

  it.each(["POST", "PUT", "DELETE", "PATCH"])("%s with an empty body", async (method) => {
    const { direct, through } = await bothWays(withBody(method, ""));
    expect(through).toEqual(direct);
  });

  it("POST without a length", async () => {
    const { direct, through } = await bothWays("POST /x HTTP/1.1\r\nHost: api.example\r\n\r\n");
    expect(through).toEqual(direct);
  });
});

describe("request bodies are forwarded byte for byte", () => {
  it.each([
    ["1.0 stays 1.0", `{"price":1.0,"small":1e-7}`],
    ["an integer beyond 2^53 keeps its digits", `{"id":9007199254740993123}`],
    ["__proto__ is a key like any other", `{"__proto__":{"isAdmin":true},"constructor":{"prototype":{}}}`],
    ["a key that comes twice", `{"a":1,"a":2}`],
    ["white space and a byte order mark", `\uFEFF { "a" : [ ] }\n`],
    ["text that is not JSON", "{not json"],
  ])("%s", async (_name, body) => {
    const { direct, through } = await bothWays(withBody("POST", body, "Content-Type: application/json\r\n"));
    expect(through).toEqual(direct);
    expect(through.asked.body).toBe(Buffer.from(body).toString("latin1"));
  });

  it("in chunks too", async () => {
    const chunked = "POST /x HTTP/1.1\r\nHost: api.example\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\n\r\n";
    const { direct, through } = await bothWays(chunked);
    expect(through).toEqual(direct);
    expect(through.asked.body).toBe("hello world");
  });

  it("after the proxy itself said 100 Continue", async () => {
    const client = new RawClient(shadow.url);
    client.write(withBody("POST", "payload", "Expect: 100-continue\r\n"));
    expect((await client.answer()).startLine).toBe("HTTP/1.1 100 Continue");
    expect((await client.answer()).startLine).toBe("HTTP/1.1 200 OK");
    client.close();
    expect(upstream.requests.at(-1)?.body.toString()).toBe("payload");
    expect(upstream.requests.at(-1)?.headers.map(([name]) => name.toLowerCase())).not.toContain("expect");
  });
});

describe("request headers", () => {
  it("keep their order, case, duplicates and odd characters", async () => {
    const headers =
      'X-Zebra: 1\r\nx-apple: 2\r\nX-ZEBRA: 3\r\nCookie: a=1; b="2"\r\nAuthorization: Bearer t.o.k\r\nX-Empty:\r\nX-Latin: \u00fcml\u00e4ut\r\n';
    const { direct, through } = await bothWays(`GET /x HTTP/1.1\r\nHost: api.example\r\n${headers}\r\n`);
    expect(through).toEqual(direct);
  });

  it("Host is what the client asked for, not the system's address", async () => {
    const { direct, through } = await bothWays(get("/x"));
    expect(through).toEqual(direct);
    expect(through.host).toBe("api.example");
  });

  it("nothing is added: no x-forwarded-for, no via, no user-agent", async () => {
    const { asked } = await ask(get("/x"));
    expect(asked.lines).toEqual([]);
  });

  it("x-forwarded-for of the client passes untouched", async () => {
    const { direct, through } = await bothWays(
      "GET /x HTTP/1.1\r\nHost: api.example\r\nX-Forwarded-For: 203.0.113.7, 198.51.100.2\r\nX-Forwarded-Proto: https\r\nForwarded: for=203.0.113.7\r\n\r\n",
    );
    expect(through).toEqual(direct);
  });

  it("x-parallax-* of a client never reaches a system", async () => {
    const { asked } = await ask(
      "GET /x HTTP/1.1\r\nHost: api.example\r\nX-Parallax-Role: candidate\r\nx-parallax-signature: t=1,v1=00\r\nX-PARALLAX-Anything: 1\r\nX-Parallaxe: kept\r\n\r\n",
    );
    expect(asked.lines).toEqual(["X-Parallaxe: kept"]);
  });

  it("those of the hop are dropped, with the ones Connection names", async () => {
    const { asked } = await ask(
      "GET /x HTTP/1.1\r\nHost: api.example\r\nConnection: keep-alive, X-Foo\r\nX-Foo: 1\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\nProxy-Connection: keep-alive\r\nX-Bar: 2\r\n\r\n",
    );
    expect(asked.lines).toEqual(["X-Bar: 2"]);
  });

  it("Connection cannot take away what the message needs", async () => {
    const { asked } = await ask(
      "GET /x HTTP/1.1\r\nHost: api.example\r\nConnection: close, Authorization, Cookie, Host\r\nAuthorization: Bearer t\r\nCookie: a=1\r\n\r\n",
    );
    expect(asked.lines).toEqual(["Authorization: Bearer t", "Cookie: a=1"]);
  });

  it("an upgrade is not offered on: the system sees a plain GET", async () => {
    const handshake = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n";
    const { asked, answered } = await ask(`GET /socket HTTP/1.1\r\nHost: api.example\r\n${handshake}\r\n`);
    expect(asked.lines).toEqual(["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: eA=="]);
    expect(answered.startLine).toBe("HTTP/1.1 200 OK");
  });

  it("40 KB of cookies are the system's business", async () => {
    const { direct, through } = await bothWays(`GET /x HTTP/1.1\r\nHost: api.example\r\nCookie: a=${"x".repeat(40_000)}\r\n\r\n`);
    expect(through).toEqual(direct);
  });
});
