import { Readable } from "node:stream";
import { Pool, type Dispatcher } from "undici";

export type Headers = Readonly<Record<string, string>>;

export type Ask = {
  /** Path and query, sent as they are. */
  readonly target: string;
  readonly method?: Dispatcher.HttpMethod;
  readonly headers?: Headers;
  /** Closes the connection afterwards: a body that is refused half way leaves none to use again. */
  readonly isLast?: boolean;
  /** Bytes are sent with their length, chunks as they come without one. */
  readonly body?: string | Buffer | AsyncIterable<Uint8Array>;
};

export type Reply = {
  readonly status: number;
  /** Names in lower case; a repeated header as one text. */
  readonly headers: Headers;
  readonly text: string;
  readonly bytes: Buffer;
  /** The body as JSON; undefined when it is empty or no JSON. */
  readonly json: unknown;
};

export type Client = { readonly send: (ask: Ask) => Promise<Reply>; readonly close: () => Promise<void> };

const REQUEST_TIMEOUT_MS = 30_000;
const CONNECTIONS = 64;

/** A client that changes nothing: no header of its own but `host` and `connection`, no redirect, no decoding of the target. */
export function createClient(baseUrl: string): Client {
  const pool = new Pool(baseUrl, { connections: CONNECTIONS, headersTimeout: REQUEST_TIMEOUT_MS, bodyTimeout: REQUEST_TIMEOUT_MS });
  const send = async ({ target, method = "GET", headers = {}, body, isLast = false }: Ask): Promise<Reply> => {
    const response = await pool.request({ path: target, method, headers, reset: isLast, ...(body === undefined ? {} : { body: toBody(body) }) });
    const bytes = Buffer.from(await response.body.arrayBuffer());
    const text = bytes.toString("utf8");
    return { status: response.statusCode, headers: flatten(response.headers), text, bytes, json: parseJson(text) };
  };
  return { send, close: () => pool.destroy() };
}

const toBody = (body: NonNullable<Ask["body"]>): string | Buffer | Readable =>
  typeof body === "string" || Buffer.isBuffer(body) ? body : Readable.from(body);

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")]));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
