import { ask, askWith, HOST, requests, type TransparencyCase } from "../transparency-case.ts";

/** Targets that a router, a URL parser or a decoder would like to tidy up. Also put to a real system. */
export const ODD_TARGETS: readonly (readonly [name: string, target: string])[] = [
  ["a query that cannot be decoded", "/search?q=50%"],
  ["dots", "/a/../b"],
  ["dots above the root", "/.."],
  ["encoded dots", "/%2e%2e/secret"],
  ["two slashes", "//double"],
  ["an encoded slash", "/a%2Fb"],
  ["an encoded NUL", "/a%00b"],
  ["a malformed escape", "/bad%zz"],
  ["an escape cut short", "/bad%e"],
  ["a fragment", "/a#fragment"],
  ["a semicolon and an asterisk", "/a;v=1,2/*"],
  ["quotes, pipes and brackets", `/a"b|c[0]{1}^\`\\<>`],
  ["encoded UTF-8", "/gr%C3%B6%C3%9Fe/%E6%97%A5?q=%C3%BC"],
  ["an empty query", "/a?"],
  ["a query of 8 KB", `/a?q=${"x".repeat(8_192)}`],
  ["the same parameter twice, out of order", "/a?b=2&a=1&b=1&=&&"],
];

const chunked = (headers: string, body: string): string => `POST /x HTTP/1.1\r\n${HOST}${headers}Transfer-Encoding: chunked\r\n\r\n${body}`;

export const REQUEST_CASES: readonly TransparencyCase[] = [
  ...requests(
    "a target",
    ODD_TARGETS.map(([name, target]) => [`with ${name}`, ask("GET", target)] as const),
  ),
  ...requests("a target", [
    ["in absolute form", ask("GET", "http://api.example/a?b=c"), "absolute-form"],
    ["in absolute form without a path", ask("GET", "http://api.example?b=c"), "absolute-form"],
    ["in absolute form, of another host", ask("GET", "http://other.example/a"), "absolute-form"],
    ["of another scheme", ask("GET", "ftp://api.example/a"), "absolute-form"],
    ["that is an asterisk", ask("OPTIONS", "*")],
  ]),
  ...requests("a method", [
    ...["OPTIONS", "TRACE", "PROPFIND", "REPORT", "M-SEARCH", "PURGE", "SEARCH", "MKCOL", "LINK"].map(
      (method) => [method, ask(method, "/x")] as const,
    ),
    ...["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "GET"].map(
      (method) => [`${method} with a body`, askWith(method, "payload")] as const,
    ),
    ...["POST", "PUT", "DELETE", "PATCH", "GET"].map((method) => [`${method} with a length of 0`, askWith(method, "")] as const),
    ["POST without a length", ask("POST", "/x")],
    [
      "a CORS preflight",
      ask(
        "OPTIONS",
        "/x",
        "Origin: https://admin.example\r\nAccess-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: authorization\r\n",
      ),
    ],
  ]),
  ...requests(
    "a body",
    [
      ["1.0 stays 1.0", `{"price":1.0,"small":1e-7}`],
      ["an integer beyond 2^53 keeps its digits", `{"id":9007199254740993123}`],
      ["__proto__ is a key like any other", `{"__proto__":{"isAdmin":true},"constructor":{"prototype":{}}}`],
      ["a key that comes twice", `{"a":1,"a":2}`],
      ["white space and a byte order mark", `\uFEFF { "a" : [ ] }\n`],
      ["text that is not JSON", "{not json"],
      ["256 KB", "x".repeat(262_144)],
    ].map(([name = "", body = ""]) => [name, askWith("POST", body, "Content-Type: application/json\r\n")] as const),
  ),
  ...requests("a body", [
    ["in chunks", chunked("", "5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\n\r\n")],
    ["in chunks, of a GET", `GET /x HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`],
    ["in chunks, empty", chunked("", "0\r\n\r\n")],
    ["with trailers", chunked("Trailer: X-Sum\r\n", "5\r\nhello\r\n0\r\nX-Sum: abc\r\nX-Sum: def\r\n\r\n")],
    ["with trailers nobody announced", chunked("", "5\r\nhello\r\n0\r\nX-Sum: abc\r\n\r\n"), "unannounced-trailers"],
  ]),
  ...requests("headers", [
    [
      "in odd case and order, twice, empty, above ASCII",
      ask("GET", "/x", 'X-Zebra: 1\r\nx-apple: 2\r\nX-ZEBRA: 3\r\nCookie: a=1; b="2"\r\nX-Empty:\r\nX-Latin: \u00fcml\u00e4ut\r\n'),
    ],
    ["of a bearer token", ask("GET", "/x", "Authorization: Bearer t.o.k\r\n")],
    [
      "of other proxies",
      ask("GET", "/x", "X-Forwarded-For: 203.0.113.7, 198.51.100.2\r\nX-Forwarded-Proto: https\r\nForwarded: for=203.0.113.7\r\nVia: 1.1 edge\r\n"),
    ],
    ["of a conditional read", ask("GET", "/x", `If-None-Match: W/"a", "b"\r\nIf-Modified-Since: Tue, 01 Jan 2030 00:00:00 GMT\r\n`)],
    ["of a range", ask("GET", "/x", `Range: bytes=0-1,5-\r\nIf-Range: "a"\r\n`)],
    ["of compression", ask("GET", "/x", "Accept-Encoding: gzip;q=1.0, br;q=0.5, identity; q=0, *;q=0\r\n")],
    ["with 40 KB of cookies", ask("GET", "/x", `Cookie: a=${"x".repeat(40_000)}\r\n`)],
    ["of 2,500 lines", ask("GET", "/x", Array.from({ length: 2_500 }, (_, index) => `X-${index}: ${index}\r\n`).join(""))],
    ["that announce trailers nothing can follow", ask("GET", "/x", "Trailer: X-Sum\r\n")],
    [
      "of many kinds of accept",
      ask("GET", "/x", "Accept: text/html;q=0.9, */*\r\nAccept-Language: de-DE, de;q=0.5\r\nUpgrade-Insecure-Requests: 1\r\n"),
    ],
    ["with an empty Host", "GET /x HTTP/1.1\r\nHost:\r\n\r\n"],
    ["with a port and an IPv6 address in Host", "GET /x HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n\r\n"],
    [
      "x-parallax-* of a client",
      ask("GET", "/x", "X-Parallax-Role: candidate\r\nx-parallax-signature: t=1,v1=00\r\nX-Parallaxe: kept\r\n"),
      "parallax-headers",
    ],
    ["that Connection names", ask("GET", "/x", "Connection: keep-alive, X-Foo\r\nX-Foo: 1\r\nTE: trailers\r\nX-Bar: 2\r\n"), "hop-headers"],
    [
      "that Connection cannot take away",
      ask("GET", "/x", "Connection: close, Authorization, Cookie, Host\r\nAuthorization: Bearer t\r\nCookie: a=1\r\n"),
    ],
  ]),
  ...requests("an HTTP/1.0 client", [
    ["with a Host", "GET /x HTTP/1.0\r\nHost: api.example\r\n\r\n", "http-1.0"],
    ["without a Host", "GET /x HTTP/1.0\r\n\r\n", "http-1.0"],
    ["that keeps the connection", "GET /x HTTP/1.0\r\nHost: api.example\r\nConnection: keep-alive\r\n\r\n", "http-1.0"],
    ["with a body", "POST /x HTTP/1.0\r\nHost: api.example\r\nContent-Length: 2\r\n\r\nhi", "http-1.0"],
  ]),
];
