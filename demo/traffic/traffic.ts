import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import { createOperators } from "./operators.ts";
import { createScript, type PlannedRequest } from "./script.ts";
import { createTally, type TrafficSummary } from "./tally.ts";

const DEFAULT_RATE_PER_SECOND = 50;
const DEFAULT_CONCURRENCY = 16;
const DEFAULT_SEED = 1;
const REQUEST_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 4_000;
const SHORTEST_TICK_MS = 5;
/** After no answer at all: the server is starting, restarting or gone. */
const PAUSE_AFTER_FAILURE_MS = 250;

export type TrafficOptions = {
  /** Where the admin UI would send its requests, without a path. */
  readonly baseUrl: string;
  /** HS256 key of the tokens. */
  readonly authSecret: string;
  readonly ratePerSecond?: number;
  /** Requests in flight at most; what is due beyond that is skipped, never queued. */
  readonly concurrency?: number;
  readonly seed?: number;
};

export type Traffic = { readonly stop: () => Promise<TrafficSummary>; readonly summary: () => TrafficSummary };

/** Makes the requests of a dozen operators of both tenants until it is stopped; stopping waits for those in flight. */
export async function startTraffic(options: TrafficOptions): Promise<Traffic> {
  const { baseUrl, authSecret, ratePerSecond = DEFAULT_RATE_PER_SECOND, concurrency = DEFAULT_CONCURRENCY, seed = DEFAULT_SEED } = options;
  const script = createScript(await createOperators(authSecret, new Date()), { seed, ratePerSecond });
  const agent = new Agent({ connections: concurrency, pipelining: 1, keepAliveTimeout: KEEP_ALIVE_MS });
  const tally = createTally();
  const running = new Set<Promise<void>>();
  const intervalMs = 1_000 / ratePerSecond;
  let dueAtMs = performance.now();

  const make = async (planned: PlannedRequest): Promise<void> => {
    const startedAtMs = performance.now();
    const { endpoint, expectedStatus } = planned;
    try {
      const { status, body } = await ask(`${baseUrl}${planned.target}`, planned.headers, agent);
      tally.add({ endpoint, expectedStatus, status, tookMs: performance.now() - startedAtMs });
      if (status === 200) script.learn(planned.tenantId, body);
    } catch {
      tally.add({ endpoint, expectedStatus, status: undefined, tookMs: performance.now() - startedAtMs });
      dueAtMs = Math.max(dueAtMs, performance.now() + PAUSE_AFTER_FAILURE_MS);
    }
  };
  const tick = (): void => {
    const due = Math.floor((performance.now() - dueAtMs) / intervalMs);
    if (due <= 0) return;
    dueAtMs += due * intervalMs;
    const affordable = Math.min(due, concurrency - running.size);
    tally.skip(due - affordable);
    for (let made = 0; made < affordable; made += 1) {
      const job: Promise<void> = make(script.next()).finally(() => running.delete(job));
      running.add(job);
    }
  };

  const timer = setInterval(tick, Math.max(SHORTEST_TICK_MS, intervalMs / 2));
  const stop = async (): Promise<TrafficSummary> => {
    clearInterval(timer);
    await Promise.race([Promise.all(running), sleep(REQUEST_TIMEOUT_MS, undefined, { ref: false })]);
    await agent.destroy();
    return tally.summary();
  };
  return { stop, summary: tally.summary };
}

async function ask(url: string, headers: Readonly<Record<string, string>>, agent: Agent): Promise<{ status: number; body: unknown }> {
  const response = await request(url, { dispatcher: agent, headers, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  const text = await response.body.text();
  return { status: response.statusCode, body: parseJson(text) };
}

/** Undefined for anything that is no JSON: the comparison is the proxy's business, not the client's. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
