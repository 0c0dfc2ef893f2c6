import { HOST, requests, type TransparencyCase } from "../transparency-case.ts";

const get = (headers: string): string => `GET / HTTP/1.1\r\n${HOST}${headers}\r\n`;
const post = (headers: string, body = ""): string => `POST / HTTP/1.1\r\n${HOST}${headers}\r\n${body}`;
const chunks = (body: string): string => post("Transfer-Encoding: chunked\r\n", body);

/** Shapes that two readers could read in two ways. Those without a body are put to a real system too. */
export const MALFORMED_READS: readonly (readonly [name: string, request: string])[] = [
  ["garbage", "not http at all\r\n\r\n"],
  ["raw UTF-8 in the target", "GET /gr\u00c3\u00b6\u00c3\u009fe HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["a space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["a NUL in the target", "GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["a target that is a name", "GET name HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["an unknown method", "BREW /coffee HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["a method in lower case", "get / HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ["HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n"],
  ["no Host", "GET / HTTP/1.1\r\n\r\n"],
  ["a header that is none", get("bad header\r\n")],
  ["a header without a name", get(": x\r\n")],
  ["a space in a header's name", get("X A: 1\r\n")],
  ["a space before the colon", get("X-A : 1\r\n")],
  ["a NUL in a header", get("X-A: a\0b\r\n")],
  ["lines that end in LF alone", "GET / HTTP/1.1\nHost: a\n\n"],
  ["one line that ends in LF alone", "GET / HTTP/1.1\r\nHost: a\nX-A: 1\r\n\r\n"],
  ["a CR alone inside a header", get("X-A: 1\rX-B: 2\r\n")],
  ["a folded header", get("X-A: 1\r\n folded: x\r\n")],
  ["300 KB of headers", get(`X-A: ${"x".repeat(300_000)}\r\n`)],
  ["a tunnel", "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n"],
];

export const MALFORMED_CASES: readonly TransparencyCase[] = [
  ...requests("what is no HTTP", MALFORMED_READS, "node"),
  ...requests(
    "a body whose end is in doubt",
    [
      ["a length and chunks", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")],
      ["chunks and a length", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n")],
      ["two lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abc")],
      ["one length twice", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc")],
      ["a list of lengths", post("Content-Length: 3, 3\r\n", "abc")],
      ["a length with a sign", post("Content-Length: +3\r\n", "abc")],
      ["a length that is none", post("Content-Length: 0x3\r\n", "abc")],
      ["an empty length", post("Content-Length:\r\n")],
      ["a length beyond all numbers", post("Content-Length: 99999999999999999999\r\n", "abc")],
      ["a coding that only looks like chunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), "transfer-codings"],
      ["chunked in quotes", post('Transfer-Encoding: "chunked"\r\n', "0\r\n\r\n"), "transfer-codings"],
      ["chunked after a vertical tab", post("Transfer-Encoding: \u000bchunked\r\n", "0\r\n\r\n")],
      ["chunked, folded", post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")],
      ["chunked before a space and a colon", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n")],
      ["chunked, but not last", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n")],
      ["chunked twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")],
      ["identity", post("Transfer-Encoding: identity\r\n"), "transfer-codings"],
      ["gzip before chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), "transfer-codings"],
      ["gzip and chunked in two lines", post("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), "transfer-codings"],
      ["chunks in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "transfer-codings"],
      ["a chunk size with 0x", chunks("0x3\r\nabc\r\n0\r\n\r\n")],
      ["a negative chunk size", chunks("-3\r\nabc\r\n0\r\n\r\n")],
      ["a chunk size beyond all numbers", chunks("fffffffffffffffff\r\nabc\r\n0\r\n\r\n")],
      ["a chunk longer than its size", chunks("3\r\nabcd0\r\n\r\n")],
      ["a chunk size that ends in LF alone", chunks("3\nabc\r\n0\r\n\r\n")],
      ["a chunk extension with LF alone", chunks("3;a\nb\r\nabc\r\n0\r\n\r\n")],
      ["64 KB of chunk extensions", chunks(`3;${"a".repeat(65_536)}\r\nabc\r\n0\r\n\r\n`)],
      ["a length among the trailers", chunks("3\r\nabc\r\n0\r\nContent-Length: 5\r\n\r\n")],
    ],
    "node",
  ),
  ...requests(
    "who is asked is in doubt",
    [
      ["two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "bad-host"],
      ["one Host twice", "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", "bad-host"],
      ["a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "bad-host"],
      ["a Host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", "bad-host"],
      ["a Host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "bad-host"],
      ["HTTP/2.0 in the request line", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", "http-version"],
      ["HTTP/0.9", "GET /\r\n\r\n", "http-version"],
    ],
    "node",
  ),
];
