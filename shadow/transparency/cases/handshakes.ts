import { ask, HOST, OK, type Bytes, type Script, type TransparencyCase } from "../transparency-case.ts";

const EXPECTING = `POST /x HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 7\r\n\r\n`;
const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
const OFFER =
  "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\nSec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Protocol: v2.bin\r\nSec-WebSocket-Extensions: permessage-deflate\r\nOrigin: https://admin.example\r\nCookie: a=1\r\n";
const ACCEPTED =
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: eA==\r\nSec-WebSocket-Protocol: superchat\r\nX-Own: 1\r\n\r\n";

const scripted = (group: string, name: string, request: Bytes, answer: Script): TransparencyCase => ({
  group,
  name,
  request,
  answer,
  system: "scripted",
});

/** Exchanges in which both sides wait for each other, or go on after the first. */
export const HANDSHAKE_CASES: readonly TransparencyCase[] = [
  { ...scripted("keep-alive", "two requests at once", ask("GET", "/one") + ask("GET", "/two"), { onRequest: OK }), expectedAnswers: 2 },
  {
    ...scripted("keep-alive", "a request after one with a body", `POST /x HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\nhi${ask("GET", "/two")}`, {
      onRequest: OK,
    }),
    expectedAnswers: 2,
  },
  {
    ...scripted("Expect: 100-continue", "the system goes on: the body follows", EXPECTING, { onHead: CONTINUE, onRequest: OK }),
    bodyOnContinue: "payload",
  },
  scripted("Expect: 100-continue", "the client does not wait", `${EXPECTING}payload`, { onRequest: OK }),
  scripted("Expect: 100-continue", "the system says 417: the body is never sent", EXPECTING, {
    onHead: "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\n\r\nno",
  }),
  scripted("Expect: 100-continue", "the system refuses at once: the body is never sent", EXPECTING, {
    onHead: `HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 2\r\n\r\nno`,
  }),
  {
    ...scripted(
      "Expect: 100-continue",
      "chunks, with trailers",
      EXPECTING.replace("Content-Length: 7", "Trailer: X-Sum\r\nTransfer-Encoding: chunked"),
      {
        onHead: CONTINUE,
        onRequest: OK,
      },
    ),
    bodyOnContinue: "7\r\npayload\r\n0\r\nX-Sum: a\r\n\r\n",
  },
  {
    ...scripted("Expect: 100-continue", "the system switches protocols instead", EXPECTING, { onHead: ACCEPTED, end: "end" }),
    onPurpose: "unasked-announcements",
  },
  {
    ...scripted(
      "Expect: 100-continue",
      "with trailers announced that nothing can follow",
      EXPECTING.replace("Content-", "Trailer: X-Sum\r\nContent-"),
      {
        onHead: CONTINUE,
        onRequest: OK,
      },
    ),
    bodyOnContinue: "payload",
    onPurpose: "vain-trailer",
  },
  scripted("Expect: 100-continue", "something else is expected", ask("GET", "/x", "Expect: the-unexpected\r\n"), { onRequest: OK }),
  scripted("a WebSocket", "accepted, with bytes at once from both sides", `${ask("GET", "/ws?token=t", OFFER)}early from the client`, {
    onHead: `${ACCEPTED}early from the system`,
    isTunnel: true,
  }),
  scripted("a WebSocket", "refused with a page", ask("GET", "/ws", OFFER), {
    onRequest: "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nSet-Cookie: a=1\r\nContent-Length: 7\r\n\r\nno such",
  }),
  scripted("a WebSocket", "refused in chunks", ask("GET", "/ws", OFFER), {
    onRequest: "HTTP/1.1 403 Nope\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n",
  }),
  scripted("a WebSocket", "redirected", ask("GET", "/ws", OFFER), {
    onRequest: "HTTP/1.1 308 Permanent Redirect\r\nLocation: /ws/\r\nContent-Length: 0\r\n\r\n",
  }),
  { ...scripted("a WebSocket", "the system ends instead", ask("GET", "/ws", OFFER), { end: "end" }), onPurpose: "no-answer" },
  {
    ...scripted(
      "an upgrade",
      "to h2c, with a body",
      `POST /x HTTP/1.1\r\n${HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nContent-Length: 7\r\n\r\npayload`,
      {
        onRequest: OK,
      },
    ),
    onPurpose: "other-upgrades",
  },
];
