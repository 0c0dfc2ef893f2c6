import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startRawUpstream, type RawUpstream } from "../../testing/raw-http.ts";
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

describe("an answer reaches the client as it was sent", () => {
  it.each([
    ["a reason phrase of its own", "HTTP/1.1 200 All Good Here\r\nContent-Length: 2\r\n\r\nok"],
    ["an empty reason phrase", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok"],
    ["a reason phrase in UTF-8", Buffer.from("HTTP/1.1 404 Größe nicht gefunden\r\nContent-Length: 2\r\n\r\nok").toString("latin1")],
    ["an odd status", "HTTP/1.1 299 Odd\r\nContent-Length: 2\r\n\r\nok"],
    ["a status of its own", "HTTP/1.1 799 Custom\r\nContent-Length: 2\r\n\r\nok"],
    ["204", "HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n"],
    ["304 with its validators", `HTTP/1.1 304 Not Modified\r\nETag: "abc"\r\nCache-Control: private\r\nVary: Cookie\r\n\r\n`],
    ["304 with the length of what was not sent", `HTTP/1.1 304 Not Modified\r\nETag: W/"abc"\r\nContent-Length: 512\r\n\r\n`],
    ["a redirect to its own host", "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/login?next=%2Fa\r\nContent-Length: 0\r\n\r\n"],
    ["a relative redirect", "HTTP/1.1 302 Found\r\nLocation: ../other\r\nContent-Length: 0\r\n\r\n"],
    [
      "several cookies",
      "HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\nX-B: 1\r\nset-cookie: b=2; HttpOnly\r\nSet-Cookie: a=3\r\nContent-Length: 2\r\n\r\nok",
    ],
    [
      "Date, ETag, Vary, Cache-Control",
      `HTTP/1.1 200 OK\r\nDATE: Tue, 01 Jan 2030 00:00:00 GMT\r\nETag: W/"x"\r\nvary: Accept, Cookie\r\nVary: Origin\r\nCache-Control: no-store\r\nContent-Length: 2\r\n\r\nok`,
    ],
    ["no Date at all", OK],
    ["headers in odd case and order", "HTTP/1.1 200 OK\r\nzEBRA: 1\r\nContent-LENGTH: 2\r\nAPPLE: 2\r\nX-Empty:\r\n\r\nok"],
    ["bytes above ASCII in a header", "HTTP/1.1 200 OK\r\nX-Name: \u00fcml\u00e4ut\r\nContent-Length: 2\r\n\r\nok"],
    [
      "content-disposition in raw UTF-8",
      Buffer.from('HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename="größe.pdf"\r\nContent-Length: 2\r\n\r\nok').toString("latin1"),
    ],
    [
      "64 KB of headers",
      `HTTP/1.1 200 OK\r\n${Array.from({ length: 16 }, (_, index) => `Set-Cookie: c${index}=${"x".repeat(4_000)}\r\n`).join("")}Content-Length: 2\r\n\r\nok`,
    ],
    ["chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"],
    [
      "chunks and trailers",
      "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: abc\r\nX-Sum: def\r\n\r\n",
    ],
    [
      "server-timing and a custom x-request-id",
      "HTTP/1.1 200 OK\r\nServer-Timing: db;dur=1\r\nX-Request-Id: r1\r\nServer: nginx\r\nX-Powered-By: Next.js\r\nContent-Length: 2\r\n\r\nok",
    ],
    ["500 with a page", "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/html\r\nContent-Length: 10\r\n\r\n<h1>!</h1>"],
    ["206 of a range", "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/10\r\nAccept-Ranges: bytes\r\nContent-Length: 2\r\n\r\nok"],
    ["416", "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */10\r\nContent-Length: 0\r\n\r\n"],
    ["no reuse of the connection", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"],
  ])("with %s", async (_name, given) => {
    answer = given;
    const { direct, through } = await bothWays(get("/x"));
    expect(through).toEqual(direct);
  });

  it.each([
    ["a length", 'HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nETag: "a"\r\n\r\n'],
    ["no length", 'HTTP/1.1 200 OK\r\nETag: "a"\r\n\r\n'],
    ["chunks announced", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"],
  ])("to HEAD, with %s", async (_name, given) => {
    answer = given;
    const { direct, through } = await bothWays("HEAD /x HTTP/1.1\r\nHost: api.example\r\n\r\n");
    expect(through).toEqual(direct);
  });

  it("Content-Encoding and the encoded bytes", async () => {
    const body = gzipSync("compressed".repeat(100));
    answer = Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`), body]);
    const { direct, through } = await bothWays(get("/x"));
    expect(through).toEqual(direct);
    expect(through.answered.body).toBe(body.toString("latin1"));
  });

  it("to a client that speaks HTTP/1.0", async () => {
    answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: a\r\n\r\n";
    const { answered } = await ask("GET /x HTTP/1.0\r\nHost: api.example\r\n\r\n");
    expect(answered).toMatchObject({ lines: [], body: "ok", trailers: [] });
  });

  it("to HEAD, but for a Trailer header: nothing can follow", async () => {
    answer = "HTTP/1.1 200 OK\r\nETag: 1\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n";
    const { answered } = await ask("HEAD /x HTTP/1.1\r\nHost: api.example\r\n\r\n");
    expect(answered).toMatchObject({ startLine: "HTTP/1.1 200 OK", lines: ["ETag: 1"] });
  });
});
