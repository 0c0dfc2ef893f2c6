/** HTTP as bytes, for what a client library hides: order and case of headers, reason phrases, framing, resets. */

/** A message as it was on the wire. `body` has its chunked framing taken off. */
export type RawMessage = {
  readonly startLine: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly trailers: readonly (readonly [name: string, value: string])[];
};

export type RawAnswer = RawMessage & {
  readonly status: number;
  /** How many bytes the message took. */
  readonly length: number;
  /** Values of one header, in order. */
  readonly values: (name: string) => string[];
};

const HEAD_END = Buffer.from("\r\n\r\n");

export type Parsed = RawMessage & { readonly length: number };

export function parseRequest(bytes: Buffer): Parsed | undefined {
  const head = parseHead(bytes);
  return head === undefined ? undefined : withBody(bytes, head, { isBodiless: !isFramed(head.headers), isEnded: false });
}

export function parseAnswer(bytes: Buffer, { isHead, isEnded }: { readonly isHead: boolean; readonly isEnded: boolean }): RawAnswer | undefined {
  const head = parseHead(bytes);
  if (head === undefined) return undefined;
  const status = Number(head.startLine.split(" ")[1]);
  const found = withBody(bytes, head, { isBodiless: isHead || status < 200 || status === 204 || status === 304, isEnded });
  if (found === undefined) return undefined;
  const values = (name: string): string[] => found.headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
  return { ...found, status, values };
}

type Head = { readonly startLine: string; readonly headers: RawMessage["headers"]; readonly length: number };

export function parseHead(bytes: Buffer): Head | undefined {
  const end = bytes.indexOf(HEAD_END);
  if (end === -1) return undefined;
  const [startLine = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  return { startLine, headers: lines.map(parseLine), length: end + HEAD_END.length };
}

function parseLine(line: string): readonly [string, string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}

const valueOf = (headers: RawMessage["headers"], name: string): string | undefined => headers.find(([each]) => each.toLowerCase() === name)?.[1];
const isFramed = (headers: RawMessage["headers"]): boolean =>
  valueOf(headers, "transfer-encoding") !== undefined || valueOf(headers, "content-length") !== undefined;

function withBody(
  bytes: Buffer,
  head: Head,
  { isBodiless, isEnded }: { readonly isBodiless: boolean; readonly isEnded: boolean },
): Parsed | undefined {
  const { startLine, headers, length: start } = head;
  const none = { startLine, headers, trailers: [] };
  if (isBodiless) return { ...none, body: Buffer.alloc(0), length: start };
  if (valueOf(headers, "transfer-encoding") !== undefined) return withChunks(bytes, head);
  const declared = valueOf(headers, "content-length");
  if (declared === undefined) return isEnded ? { ...none, body: bytes.subarray(start), length: bytes.length } : undefined;
  const length = start + Number(declared);
  return bytes.length < length ? undefined : { ...none, body: bytes.subarray(start, length), length };
}

function withChunks(bytes: Buffer, { startLine, headers, length: start }: Head): Parsed | undefined {
  const chunks: Buffer[] = [];
  for (let at = start; ;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString("latin1"), 16);
    if (size === 0) {
      const end = bytes.indexOf(HEAD_END, lineEnd);
      if (end === -1) return undefined;
      const lines =
        end === lineEnd
          ? []
          : bytes
              .subarray(lineEnd + 2, end)
              .toString("latin1")
              .split("\r\n");
      return { startLine, headers, body: Buffer.concat(chunks), trailers: lines.map(parseLine), length: end + HEAD_END.length };
    }
    if (bytes.length < lineEnd + 2 + size + 2) return undefined;
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
