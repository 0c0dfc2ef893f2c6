import { Pool, type Dispatcher } from "undici";

export type Headers = Readonly<Record<string, string>>;

export type Ask = {
  /** Path and query, sent as they are. */
  readonly target: string;
  readonly method?: Dispatcher.HttpMethod;
  readonly headers?: Headers;
  readonly body?: string;
};

export type Reply = {
  readonly status: number;
  /** Names in lower case; a repeated header as one text. */
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is empty or no JSON. */
  readonly json: unknown;
};

export type Client = { readonly send: (ask: Ask) => Promise<Reply>; readonly close: () => Promise<void> };

const REQUEST_TIMEOUT_MS = 30_000;
const CONNECTIONS = 64;

/** A client that changes nothing: no header of its own but `host` and `connection`, no redirect, no decoding of the target. */
export function createClient(baseUrl: string): Client {
  const pool = new Pool(baseUrl, { connections: CONNECTIONS, headersTimeout: REQUEST_TIMEOUT_MS, bodyTimeout: REQUEST_TIMEOUT_MS });
  const send = async ({ target, method = "GET", headers = {}, body }: Ask): Promise<Reply> => {
    const response = await pool.request({ path: target, method, headers, ...(body === undefined ? {} : { body }) });
    const text = await response.body.text();
    return { status: response.statusCode, headers: flatten(response.headers), text, json: parseJson(text) };
  };
  return { send, close: () => pool.destroy() };
}

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
