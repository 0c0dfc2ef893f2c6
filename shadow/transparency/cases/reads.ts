import type { OnPurposeId } from "../on-purpose.ts";
import { MALFORMED_READS } from "./malformed.ts";
import { ODD_TARGETS } from "./requests.ts";

/** A read that may be put to a real system: GET, HEAD and OPTIONS only. */
export type ReadCase = {
  readonly group: string;
  readonly name: string;
  readonly request: string;
  readonly expectedAnswers?: number;
  readonly onPurpose?: OnPurposeId;
};

export type ReadOptions = {
  /** Paths of the system, with their query. */
  readonly paths: readonly string[];
  /** What clients put in `Host`. */
  readonly host: string;
  readonly token: string | undefined;
};

/** What makes a difference to a cache, a compressor, a range or an access check, with the headers that ask for it. */
const VARIATIONS: readonly (readonly [name: string, method: string, headers: string, onPurpose?: OnPurposeId])[] = [
  ["as it is", "GET", ""],
  ["HEAD", "HEAD", ""],
  ["OPTIONS", "OPTIONS", ""],
  [
    "a CORS preflight",
    "OPTIONS",
    "Origin: https://elsewhere.example\r\nAccess-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: authorization\r\n",
  ],
  ["from another origin", "GET", "Origin: https://elsewhere.example\r\n"],
  ["gzip", "GET", "Accept-Encoding: gzip\r\n"],
  ["brotli", "GET", "Accept-Encoding: br\r\n"],
  ["no encoding", "GET", "Accept-Encoding: identity;q=1, *;q=0\r\n"],
  ["only the first ten bytes", "GET", "Range: bytes=0-9\r\n"],
  ["only the last five bytes", "GET", "Range: bytes=-5\r\n"],
  ["a range beyond the end", "GET", "Range: bytes=99999999-\r\n"],
  ["if it is not any version", "GET", "If-None-Match: *\r\n"],
  ["if it is not an unknown version", "GET", 'If-None-Match: W/"parallax-doctor"\r\n'],
  ["if it changed since tomorrow", "GET", "If-Modified-Since: Tue, 01 Jan 2099 00:00:00 GMT\r\n"],
  ["HTML or JSON", "GET", "Accept: text/html, application/json;q=0.9\r\n"],
  ["the last of its connection", "GET", "Connection: close\r\n"],
  ["expecting 100 Continue", "GET", "Expect: 100-continue\r\n"],
  ["expecting the unexpected", "GET", "Expect: the-unexpected\r\n"],
  ["offering h2c", "GET", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n", "refused-upgrades"],
  [
    "offering a WebSocket",
    "GET",
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
    "no-answer",
  ],
  ["40 KB of cookies", "GET", `Cookie: doctor=${"x".repeat(40_000)}\r\n`],
  ["with a token that is none", "GET", "Authorization: Bearer not-a-token\r\n"],
];

/** The reads that compare a real system with itself through the proxy. */
export function readCases({ paths, host, token }: ReadOptions): ReadCase[] {
  const authorization = token === undefined ? "" : `Authorization: Bearer ${token}\r\n`;
  const read = (method: string, target: string, headers: string): string => `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\n`;
  const withToken = (headers: string): string => (headers.includes("Authorization:") ? headers : authorization + headers);
  return [
    ...paths.flatMap((path) => [
      ...VARIATIONS.map(([name, method, headers, onPurpose]) => ({
        group: path,
        name,
        request: read(method, path, withToken(headers)),
        ...(onPurpose === undefined ? {} : { onPurpose }),
      })),
      { group: path, name: "without a token", request: read("GET", path, "") },
      { group: path, name: "twice on one connection", request: read("GET", path, authorization).repeat(2), expectedAnswers: 2 },
      {
        group: path,
        name: "over HTTP/1.0",
        request: `GET ${path} HTTP/1.0\r\nHost: ${host}\r\n${authorization}\r\n`,
        onPurpose: "http-1.0" as const,
      },
      { group: path, name: "with a slash at its end", request: read("GET", `${path.split("?", 1)[0] ?? ""}/`, authorization) },
    ]),
    ...ODD_TARGETS.map(([name, target]) => ({ group: "a target", name: `with ${name}`, request: read("GET", target, authorization) })),
    { group: "a target", name: "that is an asterisk", request: read("OPTIONS", "*", "") },
    ...MALFORMED_READS.map(([name, request]) => ({ group: "what is no HTTP", name, request, onPurpose: "malformed" as const })),
  ];
}
