import type { Facet } from "./transparency-case.ts";

/** One thing that is different through the proxy because it should be. */
export type OnPurpose = {
  readonly id: string;
  readonly direct: string;
  readonly through: string;
  readonly why: string;
  /** Where the difference may show; elsewhere it is a difference like any other. */
  readonly facets: readonly Facet[];
  /** Shows in any exchange, not only where a case says so. */
  readonly isEverywhere?: true;
  /** Explains something only where the system itself gave no whole answer. */
  readonly isOnlyUnanswered?: true;
  /** Shows only beside a system that is no Node server; the scripted one is. */
  readonly isRealOnly?: true;
};

const ANSWER: readonly Facet[] = [
  "answered.information",
  "answered.status",
  "answered.headers",
  "answered.connection",
  "answered.body",
  "answered.trailers",
  "answered.tail",
  "answered.end",
];
const REFUSED: readonly Facet[] = ["asked.count", "asked.startLine", "asked.host", "asked.headers", "asked.body", ...ANSWER];

/** Everything that is different on purpose. docs/transparency.md shows this table; a test keeps the two equal. */
const ON_PURPOSE = [
  {
    id: "own-connection",
    direct: "`Connection`, `Keep-Alive`, `Transfer-Encoding` and chunk sizes are the system's",
    through: "they are the proxy's own, on either side",
    why: "they describe one hop, not the message (RFC 9110, 7.6.1); each side keeps its own connections alive",
    facets: ["asked.connection", "answered.connection"],
    isEverywhere: true,
  },
  {
    id: "framing-place",
    direct: "`Host` and `Content-Length` reach the system where the client wrote them",
    through: "they come first and last, in lower case; a length of 0 is left out where the method has no body",
    why: "written by the client library; their values stay",
    facets: ["asked.framing"],
    isEverywhere: true,
  },
  {
    id: "hop-headers",
    direct: "`TE`, `Proxy-Connection` and the headers that `Connection` names reach the other side",
    through: "they end at the proxy; never `Authorization`, `Cookie`, `Host` or the content's own headers",
    why: "a proxy must take them off (RFC 9110, 7.6.1)",
    facets: ["asked.headers", "answered.headers"],
  },
  {
    id: "parallax-headers",
    direct: "`x-parallax-*` of a client reaches the system",
    through: "it is dropped",
    why: "only the proxy may say who is the candidate",
    facets: ["asked.headers"],
  },
  {
    id: "http-1.0",
    direct: "an HTTP/1.0 client or system is seen as one, without a Host when the client sent none",
    through: "the other side sees HTTP/1.1, with the client's Host or the system's own address",
    why: "the proxy speaks 1.1 on either side; an HTTP/1.0 client is answered as it asks: no chunks, no trailers, no 1xx",
    facets: [
      "answered.status",
      "asked.startLine",
      "asked.host",
      "asked.framing",
      "answered.headers",
      "answered.trailers",
      "answered.information",
      "answered.body",
    ],
  },
  {
    id: "absolute-form",
    direct: "`GET http://host/path` reaches the system as it came",
    through: "as `GET /path`; 400 when it names another host than `Host`, or another scheme",
    why: "one spelling for each endpoint, or a send could slip past its ledger (RFC 9112, 3.2.2)",
    facets: REFUSED,
  },
  {
    id: "bad-host",
    direct: "a Node server takes a second `Host`, or one that is no host",
    through: "400, the system is not asked",
    why: "two readers could take it for two hosts (RFC 9112, 3.2)",
    facets: REFUSED,
  },
  {
    id: "transfer-codings",
    direct: "a Node server takes `Transfer-Encoding: gzip, chunked`, and chunks in HTTP/1.0",
    through: "501 and 400, the system is not asked",
    why: "where the body ends must be beyond doubt (RFC 9112, 6.1)",
    facets: REFUSED,
  },
  {
    id: "http-version",
    direct: "a Node server answers a request line that says HTTP/2.0 or nothing at all",
    through: "505, the system is not asked",
    why: "the proxy speaks HTTP/1.0 and 1.1",
    facets: REFUSED,
  },
  {
    id: "malformed",
    direct: "what is no HTTP is refused in the words of the server in front of the system",
    through: "in Node's words: 400, 413, 431, or the end of the connection",
    why: "it is no request yet: the system is not asked",
    facets: ANSWER,
    isRealOnly: true,
  },
  {
    id: "other-upgrades",
    direct: "an offer to upgrade to something other than WebSocket (`h2c`) reaches the system",
    through: "the request is served as if it had not been made",
    why: "a server may ignore it (RFC 9110, 7.8); a tunnel would hide later requests from the proxy",
    facets: ["asked.headers"],
  },
  {
    id: "refused-upgrades",
    direct: "some systems (Next) end the connection when something other than WebSocket is offered",
    through: "the request is answered",
    why: "the offer does not reach them, see other-upgrades",
    facets: ANSWER,
    isOnlyUnanswered: true,
    isRealOnly: true,
  },
  {
    id: "no-answer",
    direct: "a system that is down, ends or resets before it answers shows as a broken connection",
    through: "502 with a code and the request id; 504 after `limits.primaryTimeoutMs` (5 minutes by default)",
    why: "clients and operators can tell who failed; nothing is asked twice",
    facets: ANSWER,
    isOnlyUnanswered: true,
  },
  {
    id: "trailer-nowhere",
    direct: "a `Trailer` header in an answer that no trailers can follow (HEAD, 204, 304, one with a length)",
    through: "the header is left out",
    why: "Node refuses to send it",
    facets: ["answered.headers"],
  },
  {
    id: "vain-trailer",
    direct: "a `Trailer` header of a request without chunks that expects 100 Continue",
    through: "the header is left out",
    why: "Node refuses to send it",
    facets: ["asked.headers"],
  },
  {
    id: "framing-trailers",
    direct: "trailers such as `Set-Cookie` or `Content-Length` reach the client",
    through: "they are dropped, the others stay",
    why: "they must not come after the body (RFC 9110, 6.5.1)",
    facets: ["answered.trailers"],
  },
  {
    id: "unannounced-trailers",
    direct: "trailers of a request that no `Trailer` header announced reach the system",
    through: "they are dropped; announced ones stay",
    why: "the client library sends none; a request that announces some goes out another way",
    facets: ["asked.trailers"],
  },
  {
    id: "unasked-announcements",
    direct: "a system says 100 Continue or 101 Switching Protocols although nobody asked for it",
    through: "502",
    why: "the client library takes it for a broken answer; Node and Next never say it",
    facets: ANSWER,
  },
  {
    id: "odd-reason",
    direct: "a reason phrase with bytes that are no UTF-8",
    through: "those bytes are replaced",
    why: "the client library decodes it; no client acts on it",
    facets: ["answered.status"],
  },
] as const satisfies readonly OnPurpose[];

export type OnPurposeId = (typeof ON_PURPOSE)[number]["id"];

export const ALL_ON_PURPOSE: readonly OnPurpose[] = ON_PURPOSE;
