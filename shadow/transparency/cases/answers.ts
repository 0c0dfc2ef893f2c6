import { brotliCompressSync, gzipSync } from "node:zlib";
import { answers, ask, OK, type TransparencyCase } from "../transparency-case.ts";

const utf8 = (text: string): string => Buffer.from(text).toString("latin1");
const encoded = (name: string, body: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: ${name}\r\nVary: Accept-Encoding\r\nContent-Length: ${body.length}\r\n\r\n`),
    body,
  ]);
const text = "compressed".repeat(100);

export const ANSWER_CASES: readonly TransparencyCase[] = [
  ...answers("an answer", [
    ["a reason phrase of its own", "HTTP/1.1 200 All Good Here\r\nContent-Length: 2\r\n\r\nok"],
    ["an empty reason phrase", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok"],
    ["a reason phrase in UTF-8", utf8("HTTP/1.1 404 Größe nicht gefunden\r\nContent-Length: 2\r\n\r\nok")],
    ["a reason phrase in Latin-1", "HTTP/1.1 404 Gr\u00f6\u00dfe\r\nContent-Length: 2\r\n\r\nok", "odd-reason"],
    ["an odd status", "HTTP/1.1 299 Odd\r\nContent-Length: 2\r\n\r\nok"],
    ["a status of its own", "HTTP/1.1 799 Custom\r\nContent-Length: 2\r\n\r\nok"],
    ["204", "HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n"],
    ["304 with its validators", `HTTP/1.1 304 Not Modified\r\nETag: "abc"\r\nCache-Control: private\r\nVary: Cookie\r\n\r\n`],
    ["304 with the length of what was not sent", `HTTP/1.1 304 Not Modified\r\nETag: W/"abc"\r\nContent-Length: 512\r\n\r\n`],
    ["206 of a range", "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/10\r\nAccept-Ranges: bytes\r\nContent-Length: 2\r\n\r\nok"],
    [
      "206 of several ranges",
      "HTTP/1.1 206 Partial Content\r\nContent-Type: multipart/byteranges; boundary=b\r\nContent-Length: 9\r\n\r\n--b\r\n--b--",
    ],
    ["416", "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */10\r\nContent-Length: 0\r\n\r\n"],
    ["500 with a page", "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/html\r\nContent-Length: 10\r\n\r\n<h1>!</h1>"],
    ["503 with retry-after", "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 4\r\n\r\nbusy"],
    ["a redirect to its own host", "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/login?next=%2Fa\r\nContent-Length: 0\r\n\r\n"],
    ["a relative redirect", "HTTP/1.1 302 Found\r\nLocation: ../other\r\nContent-Length: 0\r\n\r\n"],
    [
      "several cookies, in order",
      "HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\nX-B: 1\r\nset-cookie: b=2; HttpOnly\r\nSet-Cookie: a=3\r\nContent-Length: 2\r\n\r\nok",
    ],
    [
      "Date, ETag, Vary, Cache-Control",
      `HTTP/1.1 200 OK\r\nDATE: Tue, 01 Jan 2030 00:00:00 GMT\r\nETag: W/"x"\r\nvary: Accept, Cookie\r\nVary: Origin\r\nCache-Control: no-store\r\nContent-Length: 2\r\n\r\nok`,
    ],
    ["no Date at all", OK],
    [
      "CORS",
      "HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: https://a.example\r\nAccess-Control-Allow-Credentials: true\r\nAllow: GET, PUT\r\n\r\n",
    ],
    ["headers in odd case and order", "HTTP/1.1 200 OK\r\nzEBRA: 1\r\nContent-LENGTH: 2\r\nAPPLE: 2\r\nX-Empty:\r\n\r\nok"],
    ["bytes above ASCII in a header", "HTTP/1.1 200 OK\r\nX-Name: \u00fcml\u00e4ut\r\nContent-Length: 2\r\n\r\nok"],
    [
      "content-disposition in raw UTF-8",
      utf8('HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename="größe.pdf"\r\nContent-Length: 2\r\n\r\nok'),
    ],
    [
      "64 KB of headers",
      `HTTP/1.1 200 OK\r\n${Array.from({ length: 16 }, (_, index) => `Set-Cookie: c${index}=${"x".repeat(4_000)}\r\n`).join("")}Content-Length: 2\r\n\r\nok`,
    ],
    [
      "what names the server",
      "HTTP/1.1 200 OK\r\nServer-Timing: db;dur=1\r\nX-Request-Id: r1\r\nServer: nginx\r\nX-Powered-By: Next.js\r\nContent-Length: 2\r\n\r\nok",
    ],
    ["no reuse of the connection", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"],
    ["headers that Connection names", "HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\nContent-Length: 2\r\n\r\nok", "hop-headers"],
    ["a body of gzip", encoded("gzip", gzipSync(text))],
    ["a body of brotli", encoded("br", brotliCompressSync(text))],
    ["a body that is not what Content-Encoding says", encoded("gzip", Buffer.from("plain"))],
    ["1 MB", Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n"), Buffer.alloc(1_048_576, "parallax")])],
    [
      "JSON with big integers and __proto__",
      `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 48\r\n\r\n{"id":9007199254740993123,"__proto__":{"a":1.0}}`,
    ],
    ["a body up to the end of the connection", { onRequest: "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end", end: "end" }],
    ["a body of an HTTP/1.0 system", { onRequest: "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end", end: "end" }, "http-1.0"],
  ]),
  ...answers("chunks and trailers", [
    ["chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"],
    ["no chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["chunks with extensions", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nok\r\n0;c\r\n\r\n"],
    [
      "trailers, one of them twice",
      "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: abc\r\nX-Sum: def\r\n\r\n",
    ],
    ["a trailer above ASCII", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Name: \u00fcml\u00e4ut\r\n\r\n"],
    ["a trailer in UTF-8", utf8("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Name: größe\r\n\r\n")],
    [
      "a trailer that belongs before the body",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: a\r\nSet-Cookie: a=1\r\n\r\n",
      "framing-trailers",
    ],
  ]),
  ...answers(
    "an answer to HEAD",
    [
      ["with a length", 'HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nETag: "a"\r\n\r\n'],
      ["without a length", 'HTTP/1.1 200 OK\r\nETag: "a"\r\n\r\n'],
      ["with chunks announced", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"],
      ["with trailers announced", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n", "trailer-nowhere"],
      ["404", "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n"],
    ],
    ask("HEAD", "/x"),
  ),
  ...answers("an answer that announces another", [
    ["early hints", `HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload; as=style\r\nlink: </b.js>; rel=preload\r\n\r\n${OK}`],
    ["processing, twice", `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 102 Still At It\r\nX-Part: 1\r\n\r\n${OK}`],
    ["100 Continue that nobody expected", `HTTP/1.1 100 Continue\r\n\r\n${OK}`, "unasked-announcements"],
  ]),
  ...answers("an answer that breaks off", [
    ["before it begins, with a reset", { end: "reset" }, "no-answer"],
    ["before it begins, with an end", { end: "end" }, "no-answer"],
    ["because it is no HTTP", { onRequest: "this is not HTTP\r\n\r\n", end: "end" }, "no-answer"],
    ["because its status is none", { onRequest: "HTTP/1.1 099 Odd\r\nContent-Length: 2\r\n\r\nok", end: "end" }, "no-answer"],
    [
      "because it upgrades what nobody asked to",
      { onRequest: "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", end: "end" },
      "unasked-announcements",
    ],
    ["short of its length", { onRequest: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", end: "end" }],
    ["short of its length, with a reset", { onRequest: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", end: "reset" }],
    ["between chunks", { onRequest: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nonly\r\n", end: "end" }],
    ["in its trailers", { onRequest: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nonly\r\n0\r\nX-Su", end: "end" }],
  ]),
  ...answers(
    "an answer to an HTTP/1.0 client",
    [
      ["with a length", OK, "http-1.0"],
      [
        "in chunks with trailers",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: a\r\n\r\n",
        "http-1.0",
      ],
      ["after early hints", `HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n${OK}`, "http-1.0"],
    ],
    "GET /x HTTP/1.0\r\nHost: api.example\r\n\r\n",
  ),
];
