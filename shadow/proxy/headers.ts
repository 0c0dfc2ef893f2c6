import type { IncomingMessage } from "node:http";
import { PARALLAX_HEADER_PREFIX } from "../../lib/wire.ts";
import type { HeaderList } from "../core/types.ts";

/** More than any system or browser takes: whose headers are too large is for them to say, not for the proxy. */
export const MAX_HEADER_BYTES = 256 * 1024;

/** Headers of one hop, not of the message (RFC 9110, 7.6.1). `expect` is answered by our own server. */
const HOP_BY_HOP: ReadonlySet<string> = new Set(["connection", "proxy-connection", "keep-alive", "te", "transfer-encoding", "upgrade"]);

/** Header lines of a message as `[name, value]`, order and duplicates kept; undici and Node give names and values in turn. */
export function pairs(raw: unknown): HeaderList {
  if (!Array.isArray(raw)) return [];
  const lines: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) lines.push([text(raw[index]), text(raw[index + 1])]);
  return lines;
}

/** The lines that are of the message, without those of this hop. */
export function endToEnd(lines: HeaderList): HeaderList {
  let named: Set<string> | undefined;
  for (const [name, value] of lines) if (name.length === 10 && name.toLowerCase() === "connection") named = addNames(named, value);
  return lines.filter(([name]) => {
    const lower = name.toLowerCase();
    return !HOP_BY_HOP.has(lower) && named?.has(lower) !== true;
  });
}

/** Trailer lines that may follow a body: none that would change how the message is read (RFC 9110, 6.5.1). */
export function trailersOf(raw: unknown): [string, string][] {
  const isAllowed = (name: string): boolean => !HOP_BY_HOP.has(name) && !FRAMING.has(name) && !name.startsWith(PARALLAX_HEADER_PREFIX);
  return pairs(raw)
    .filter(([name]) => isAllowed(name.toLowerCase()))
    .map(([name, value]) => [name, value]);
}

const FRAMING: ReadonlySet<string> = new Set(["content-length", "host", "trailer", "authorization", "cookie", "set-cookie", "content-encoding"]);

/** What goes on to a system: without `expect` and everything that only the proxy may say. */
export function forwardable(headers: HeaderList): HeaderList {
  return headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return lower !== "expect" && !lower.startsWith(PARALLAX_HEADER_PREFIX);
  });
}

/** What goes on to the client: Node refuses a `Trailer` where no trailers can follow. */
export function sendable(headers: HeaderList, { request, status }: { readonly request: IncomingMessage; readonly status: number }): HeaderList {
  if (!headers.some(([name]) => name.toLowerCase() === "trailer")) return headers;
  const isBodiless = request.method === "HEAD" || status === 204 || status === 304;
  const isChunked = !isBodiless && request.httpVersion !== "1.0" && !headers.some(([name]) => name.toLowerCase() === "content-length");
  return isChunked ? headers : headers.filter(([name]) => name.toLowerCase() !== "trailer");
}

/** The names a `Connection` header adds to the hop; never one the message cannot do without. */
function addNames(named: Set<string> | undefined, value: string): Set<string> | undefined {
  const names = value
    .split(",")
    .map((part) => part.trim().toLowerCase())
    .filter((name) => name !== "" && name !== "close" && name !== "keep-alive" && !PROTECTED.has(name));
  if (names.length === 0) return named;
  return new Set([...(named ?? []), ...names]);
}

const PROTECTED: ReadonlySet<string> = new Set(["host", "content-length", "authorization", "cookie", "content-type"]);

function text(value: unknown): string {
  return typeof value === "string" ? value : Buffer.isBuffer(value) ? value.toString("latin1") : "";
}
