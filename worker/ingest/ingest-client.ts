import { Agent, type Dispatcher } from "undici";
import { codeOf } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import type { ServiceTokens } from "./service-tokens.ts";

/** One call of the ingest API. */
export type IngestRequest = {
  /** Below `/api/internal/whatsapp/`. */
  readonly path: string;
  readonly scope: string;
  readonly body: string;
  readonly traceId: string;
};

export type IngestAnswer = { readonly status: number; readonly body: unknown };

/** Asks the first API that answers: the one of `INGEST_URL`, else the fallback. */
export type IngestClient = {
  /** `isGood` tells an answer from a reason to ask the next API. Undefined when none gives a good one. Never throws. */
  readonly post: (request: IngestRequest, isGood: (answer: IngestAnswer) => boolean) => Promise<IngestAnswer | undefined>;
  readonly close: () => Promise<void>;
};

export type IngestClientOptions = {
  /** In order of preference. */
  readonly baseUrls: readonly string[];
  readonly tokens: ServiceTokens;
  readonly log: Logger;
  readonly nowMs?: () => number;
  readonly timeoutMs?: number;
};

const BASE = "/api/internal/whatsapp/";
/** An API ends a request after 10 s by itself. */
const TIMEOUT_MS = 12_000;
const CONNECT_TIMEOUT_MS = 3_000;
const MAX_CONNECTIONS = 16;
const MAX_ANSWER_BYTES = 1024 * 1024;
/** An API that did not answer is passed over for this long; then one call tries it. */
const REST_MS = 2_000;
/** The other end closed an idle connection just when we used it: nothing is wrong with it. */
const STALE_CONNECTION = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);

type Target = { readonly url: string; restsUntilMs: number };

export function createIngestClient({ baseUrls, tokens, log, nowMs = Date.now, timeoutMs = TIMEOUT_MS }: IngestClientOptions): IngestClient {
  const agent = new Agent({
    connections: MAX_CONNECTIONS,
    pipelining: 1,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  const targets: readonly Target[] = baseUrls.map((url) => ({ url, restsUntilMs: 0 }));
  const ask = async (target: Target, request: IngestRequest): Promise<IngestAnswer | undefined> => {
    try {
      const answer = await send(agent, target.url, { ...request, timeoutMs }, tokens);
      if (answer.status === 401) tokens.forget(request.scope);
      return answer;
    } catch (error) {
      log.debug({ target: targets.indexOf(target), traceId: request.traceId, code: codeOf(error) }, "an API did not answer");
      return undefined;
    }
  };
  return {
    post: async (request, isGood) => {
      for (const target of targets) {
        if (target.restsUntilMs > nowMs()) continue;
        // Calls that come while this one tries a rested API wait for none of it.
        if (target.restsUntilMs > 0) target.restsUntilMs = nowMs() + REST_MS;
        const answer = await ask(target, request);
        if (answer !== undefined && isGood(answer)) {
          target.restsUntilMs = 0;
          return answer;
        }
        const { status } = answer ?? { status: undefined };
        log.warn({ target: targets.indexOf(target), traceId: request.traceId, status }, "an API took no ingest call, the next one is asked");
        // A fault may be the call's own; the others say that the API is in trouble.
        if (status !== 500) target.restsUntilMs = nowMs() + REST_MS;
      }
      return undefined;
    },
    close: () => agent.close(),
  };
}

type Sent = IngestRequest & { readonly timeoutMs: number };

/** Once more when the connection was stale: natural keys make a repeated call harmless. */
async function send(agent: Agent, url: string, request: Sent, tokens: ServiceTokens): Promise<IngestAnswer> {
  try {
    return await sendOnce(agent, url, request, tokens);
  } catch (error) {
    if (!STALE_CONNECTION.has(codeOf(error) ?? "")) throw error;
    return sendOnce(agent, url, request, tokens);
  }
}

async function sendOnce(agent: Agent, url: string, { path, scope, body, traceId, timeoutMs }: Sent, tokens: ServiceTokens): Promise<IngestAnswer> {
  const { origin, pathname } = new URL(url);
  const response = await agent.request({
    origin,
    path: `${pathname.replace(/\/$/, "")}${BASE}${path}`,
    method: "POST",
    headers: { authorization: `Bearer ${await tokens.tokenFor(scope)}`, "content-type": "application/json", "x-request-id": traceId },
    body,
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { status: response.statusCode, body: await readJson(response.body) };
}

/** Undefined for anything that is no JSON, or too long to be an answer of ours. */
async function readJson(body: Dispatcher.ResponseData["body"]): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_ANSWER_BYTES) chunks.push(chunk);
  }
  try {
    return bytes <= MAX_ANSWER_BYTES ? JSON.parse(Buffer.concat(chunks).toString("utf8")) : undefined;
  } catch {
    return undefined;
  }
}
