import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startShadow, type ShadowForTests } from "../testing/start-shadow.ts";
import { rawRequest } from "../transparency/raw-client.ts";
import { toMessage, type Message } from "../transparency/sighting.ts";
import { startRawUpstream, type RawUpstream } from "../transparency/raw-upstream.ts";
import { ask, askWith, OK, type Bytes } from "../transparency/transparency-case.ts";

let upstream: RawUpstream;
let shadow: ShadowForTests;

beforeAll(async () => {
  upstream = await startRawUpstream(() => OK);
  const storeUrl = (): Promise<string> => Promise.reject(new Error("no store in this test"));
  shadow = await startShadow({ legacyUrl: upstream.url, candidateUrl: upstream.url, storeUrl, yaml: "" });
});
afterAll(async () => {
  await shadow.stop();
  await upstream.close();
});

/** What the system saw of one request, without what every request carries. */
async function askedBy(request: Bytes): Promise<Message> {
  const before = upstream.requests.length;
  await rawRequest(shadow.url, request);
  const [asked, ...more] = upstream.requests.slice(before);
  if (asked === undefined || more.length > 0) throw new Error(`the system was asked ${more.length + 1} times`);
  return toMessage({ ...asked, headers: asked.headers.filter(([name]) => name !== "host" && name !== "content-length") });
}

/** What may not change, whatever the battery calls equal: the battery compares direct with through, this looks at the system alone. */
describe("a system sees", () => {
  it("nothing that the client did not send: no x-forwarded-for, no via, no user-agent", async () => {
    expect(await askedBy(ask("GET", "/x"))).toEqual({
      startLine: "GET /x HTTP/1.1",
      lines: [],
      connection: ["connection: keep-alive"],
      body: "",
      trailers: [],
    });
  });

  it("the Host that the client asked for, not its own address", async () => {
    await rawRequest(shadow.url, ask("GET", "/x"));
    expect(upstream.requests.at(-1)?.headers).toContainEqual(["host", "api.example"]);
  });

  it("the body, byte for byte", async () => {
    expect((await askedBy(askWith("POST", `{"price":1.0,"__proto__":{}}`))).body).toBe(`{"price":1.0,"__proto__":{}}`);
  });

  it("no x-parallax-* of a client", async () => {
    const headers = "X-Parallax-Role: candidate\r\nx-parallax-signature: t=1,v1=00\r\nX-PARALLAX-Anything: 1\r\nX-Parallaxe: kept\r\n";
    expect((await askedBy(ask("GET", "/x", headers))).lines).toEqual(["X-Parallaxe: kept"]);
  });

  it("no x-parallax-* among the trailers of a client", async () => {
    const body = "2\r\nhi\r\n0\r\nX-Parallax-Role: candidate\r\nX-Sum: a\r\n\r\n";
    const request = `POST /x HTTP/1.1\r\nHost: a\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n${body}`;
    expect((await askedBy(request)).trailers).toEqual(["X-Sum: a"]);
  });

  it("no header of the hop, nor those that Connection names", async () => {
    const headers =
      "Connection: keep-alive, X-Foo\r\nX-Foo: 1\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\nProxy-Connection: keep-alive\r\nX-Bar: 2\r\n";
    expect((await askedBy(ask("GET", "/x", headers))).lines).toEqual(["X-Bar: 2"]);
  });

  it("what the message needs, whatever Connection says", async () => {
    const headers = "Connection: close, Authorization, Cookie, Host\r\nAuthorization: Bearer t\r\nCookie: a=1\r\n";
    expect((await askedBy(ask("GET", "/x", headers))).lines).toEqual(["Authorization: Bearer t", "Cookie: a=1"]);
  });

  it("the path of a target in absolute form: an endpoint has one spelling", async () => {
    expect((await askedBy(ask("GET", "http://API.example/a?b=c"))).startLine).toBe("GET /a?b=c HTTP/1.1");
  });
});
