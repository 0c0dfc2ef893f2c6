import { rawRequest, type RawMessage, type RawUpstream } from "./raw-http.ts";

/** One message without what belongs to the connection; the body one character a byte. */
export type Message = { readonly startLine: string; readonly lines: readonly string[]; readonly body: string; readonly trailers: readonly string[] };

/** What one request looked like to the system, and its answer to the client. */
export type Seen = { readonly host: string | undefined; readonly asked: Message; readonly answered: Message };

const HOP = new Set(["connection", "keep-alive", "transfer-encoding"]);
/** Written by the proxy's own client, so at another place and in lower case. */
const FRAMING = new Set([...HOP, "host", "content-length"]);

/** Sends one request to the system, directly or through a proxy. Throws when the system was not asked exactly once. */
export async function askOnce(upstream: RawUpstream, url: string, request: string | Buffer): Promise<Seen> {
  const before = upstream.requests.length;
  const answered = await rawRequest(url, request, { isHead: request.toString("latin1").startsWith("HEAD ") });
  const asked = upstream.requests[before];
  if (asked === undefined || upstream.requests.length !== before + 1)
    throw new Error(`the system was asked ${upstream.requests.length - before} times`);
  const host = asked.headers.find(([name]) => name.toLowerCase() === "host")?.[1];
  return { host, asked: toMessage(asked, FRAMING), answered: toMessage(answered, HOP) };
}

/** Sends a request directly and through the proxy: the two must be the same. */
export async function askBothWays(
  upstream: RawUpstream,
  proxyUrl: string,
  request: string | Buffer,
): Promise<{ readonly direct: Seen; readonly through: Seen }> {
  return { direct: await askOnce(upstream, upstream.url, request), through: await askOnce(upstream, proxyUrl, request) };
}

function toMessage({ startLine, headers, body, trailers }: RawMessage, without: ReadonlySet<string>): Message {
  return {
    startLine,
    lines: headers.filter(([name]) => !without.has(name.toLowerCase())).map(([name, value]) => `${name}: ${value}`),
    body: body.toString("latin1"),
    trailers: trailers.map(([name, value]) => `${name}: ${value}`),
  };
}
