import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

/** What a system answers, as in the drift catalogue. */
export type ResponseScript = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly rawBody?: string;
  readonly template?: unknown;
  readonly sequence?: readonly ResponseScript[];
  readonly byPath?: Readonly<Record<string, ResponseScript>>;
  readonly encoding?: "gzip";
  readonly reset?: true;
};

/** State that the two systems of a scenario share: a time never comes twice. */
export class ScriptClock {
  #lastMs = 0;
  legacyCalls = 0;

  tick(): number {
    this.#lastMs = Math.max(Date.now(), this.#lastMs + 1);
    return this.#lastMs;
  }
}

export type ScriptedUpstream = {
  readonly url: string;
  readonly requests: readonly { readonly method: string; readonly url: string; readonly headers: IncomingMessage["headers"] }[];
  readonly close: () => Promise<void>;
};

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** An HTTP server on a free port that remembers what it was asked. */
export async function startUpstream(handler: Handler): Promise<ScriptedUpstream> {
  const requests: { method: string; url: string; headers: IncomingMessage["headers"] }[] = [];
  const server = createServer((request, response) => {
    requests.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers });
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests, close: () => closeServer(server) };
}

/** Plays a script: each call takes the next step of a sequence. */
export function createPlayer(script: ResponseScript, clock: ScriptClock, isLegacy: boolean): Handler {
  let calls = 0;
  return (request, response) => {
    calls += 1;
    if (isLegacy) clock.legacyCalls += 1;
    const chosen = choose(script, request.url ?? "", calls - 1);
    if (chosen.reset === true) return void request.socket.destroy();
    const values = { calls, nowMs: clock.tick(), legacyCalls: clock.legacyCalls };
    const text = chosen.rawBody ?? JSON.stringify(chosen.template === undefined ? chosen.body : fill(chosen.template, values));
    const headers: Record<string, string> = { "content-type": "application/json", ...lowerCase(chosen.headers ?? {}) };
    const content = chosen.encoding === "gzip" ? gzipSync(text) : Buffer.from(text);
    if (chosen.encoding === "gzip") headers["content-encoding"] = "gzip";
    const hasBody = request.method !== "HEAD" && chosen.status !== 304;
    response.writeHead(chosen.status ?? 200, { ...headers, ...(hasBody ? { "content-length": content.length } : {}) });
    response.end(hasBody ? content : undefined);
    return undefined;
  };
}

function choose(script: ResponseScript, url: string, call: number): ResponseScript {
  const path = Object.keys(script.byPath ?? {}).find((each) => url === each || url.endsWith(each));
  const chosen = path === undefined ? script : (script.byPath?.[path] ?? script);
  const { sequence } = chosen;
  return sequence === undefined ? chosen : (sequence[call % sequence.length] ?? chosen);
}

type Values = { readonly calls: number; readonly nowMs: number; readonly legacyCalls: number };

function fill(template: unknown, values: Values): unknown {
  if (typeof template === "string") return fillText(template, values);
  if (Array.isArray(template)) return template.map((item) => fill(item, values));
  if (typeof template !== "object" || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fill(value, values)]));
}

function fillText(text: string, { calls, nowMs, legacyCalls }: Values): string | number {
  if (text === "{{nowMs}}") return nowMs;
  if (text === "{{counter}}") return calls;
  if (text === "{{legacyCounter}}") return legacyCalls;
  return text.replaceAll("{{now}}", new Date(nowMs).toISOString()).replaceAll("{{uuid}}", () => randomUUID());
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
