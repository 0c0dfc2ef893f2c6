import type { OnPurposeId } from "./on-purpose.ts";

/** Bytes on the wire; text is one character a byte. */
export type Bytes = string | Buffer;

/** What the scripted system answers. */
export type Script = {
  /** Written as soon as the head of the request is there. */
  readonly onHead?: Bytes;
  /** Written when the whole request is there. */
  readonly onRequest?: Bytes;
  /** What the system does with its connection afterwards; nothing by default. */
  readonly end?: "end" | "reset";
  /** What follows the head is no body: it is kept until the client ends its side. */
  readonly isTunnel?: true;
};

/** One thing that a client could notice: a request, what the system answers, and what is to be different on purpose. */
export type TransparencyCase = {
  readonly group: string;
  readonly name: string;
  readonly request: Bytes;
  /** Written once the answer says 100 Continue. */
  readonly bodyOnContinue?: Bytes;
  /** How many requests there are on the connection, when more than one. */
  readonly expectedAnswers?: number;
  readonly answer: Script;
  /** `node`: the system is a plain Node server, as a legacy app is one; what matters is how it refuses. */
  readonly system: "scripted" | "node";
  readonly onPurpose?: OnPurposeId;
};

/** The parts of an exchange in which two sightings of it can differ. */
export const FACETS = [
  "asked.count",
  "asked.startLine",
  "asked.host",
  "asked.headers",
  "asked.framing",
  "asked.connection",
  "asked.body",
  "asked.trailers",
  "answered.information",
  "answered.status",
  "answered.headers",
  "answered.connection",
  "answered.body",
  "answered.trailers",
  "answered.tail",
  "answered.end",
] as const;
export type Facet = (typeof FACETS)[number];

export const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
export const HOST = "Host: api.example\r\n";

/** A request without a body. */
export function ask(method: string, target: string, headers = ""): string {
  return `${method} ${target} HTTP/1.1\r\n${HOST}${headers}\r\n`;
}

/** A request whose body has a length. */
export function askWith(method: string, body: string, headers = ""): Buffer {
  return Buffer.from(`${method} /x HTTP/1.1\r\n${HOST}${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

type Row = readonly [name: string, request: Bytes, onPurpose?: OnPurposeId];

/** Cases about requests: the answer is the same plain one. */
export function requests(group: string, rows: readonly Row[], system: TransparencyCase["system"] = "scripted"): TransparencyCase[] {
  return rows.map(([name, request, onPurpose]) => ({
    group,
    name,
    request,
    answer: { onRequest: OK },
    system,
    ...(onPurpose === undefined ? {} : { onPurpose }),
  }));
}

/** Cases about answers to one request. */
export function answers(
  group: string,
  rows: readonly (readonly [name: string, answer: Bytes | Script, onPurpose?: OnPurposeId])[],
  request: Bytes = ask("GET", "/x"),
): TransparencyCase[] {
  return rows.map(([name, answer, onPurpose]) => ({
    group,
    name,
    request,
    answer: typeof answer === "string" || Buffer.isBuffer(answer) ? { onRequest: answer } : answer,
    system: "scripted",
    ...(onPurpose === undefined ? {} : { onPurpose }),
  }));
}
