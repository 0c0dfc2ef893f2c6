import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { percentile } from "./figures.ts";
import { HttpConnection } from "./http-connection.ts";

export type LoadResult = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly requests: number;
  readonly failed: number;
  /** Due, and not asked: every connection was busy until the end. The machine was too slow; nobody failed. */
  readonly unasked: number;
};

export function unaskedNote(results: readonly LoadResult[]): string[] {
  const unasked = results.reduce((sum, result) => sum + result.unasked, 0);
  return unasked === 0 ? [] : [`${unasked} requests that were due could not be asked: the machine was too slow for the rate`];
}

export type Load = {
  readonly port: number;
  readonly target: string;
  readonly seconds: number;
  /** The n-th request as bytes; absent: a GET of the target. */
  readonly request?: (index: number) => Buffer;
};

/** Answers that are out when the time is over get this long to come in. */
const TAIL_MS = 30_000;
/** A paced load that could not keep up goes on for this long at most. */
const CATCH_UP_MS = 5_000;
/** A paced load opens a further connection when all are busy, up to so many. */
const MAX_CONNECTIONS = 2_000;

/** As many requests as a number of connections can ask, each its next one as soon as the last is answered. */
export async function saturate({ port, target, seconds, request }: Load, connections: number): Promise<LoadResult> {
  const run = new Run(request ?? always(target));
  const deadline = performance.now() + seconds * 1000;
  const next = (connection: HttpConnection): void => {
    if (performance.now() < deadline) run.ask(connection, next);
  };
  const all = Array.from({ length: connections }, () => new HttpConnection(port));
  for (const connection of all) next(connection);
  await sleep(seconds * 1000);
  await run.finish();
  for (const connection of all) connection.close();
  return run.result(seconds);
}

/** So many requests per second, evenly spaced, whether the earlier ones are answered or not. */
export async function pace({ port, target, seconds, request }: Load, perSecond: number): Promise<LoadResult> {
  const run = new Run(request ?? always(target));
  const idle: HttpConnection[] = [];
  const all: HttpConnection[] = [];
  const free = (): HttpConnection | undefined => {
    if (idle.length > 0) return idle.pop();
    if (all.length === MAX_CONNECTIONS) return undefined;
    const opened = new HttpConnection(port);
    all.push(opened);
    return opened;
  };
  const total = Math.round(perSecond * seconds);
  const startedAt = performance.now();
  let asked = 0;
  while (asked < total && performance.now() - startedAt < seconds * 1000 + CATCH_UP_MS) {
    const due = Math.min(total, ((performance.now() - startedAt) / 1000) * perSecond);
    for (let next = asked < due ? free() : undefined; next !== undefined; next = asked < due ? free() : undefined) {
      asked += 1;
      run.ask(next, (answered) => void idle.push(answered));
    }
    await sleep(1);
  }
  await run.finish();
  for (const connection of all) connection.close();
  return run.result(seconds, total - asked);
}

class Run {
  readonly #request: (index: number) => Buffer;
  readonly #latencies: number[] = [];
  #isOver = false;
  #open = 0;
  #failed = 0;
  #asked = 0;

  constructor(request: (index: number) => Buffer) {
    this.#request = request;
  }

  ask(connection: HttpConnection, then: (connection: HttpConnection) => void): void {
    const askedAt = performance.now();
    this.#open += 1;
    connection.send(this.#request((this.#asked += 1)), ({ isGood }) => {
      this.#open -= 1;
      if (this.#isOver) return;
      this.#latencies.push(performance.now() - askedAt);
      if (!isGood) this.#failed += 1;
      then(connection);
    });
  }

  /** What is not answered after the tail has failed. */
  async finish(): Promise<void> {
    const deadline = performance.now() + TAIL_MS;
    while (this.#open > 0 && performance.now() < deadline) await sleep(5);
    this.#isOver = true;
    this.#failed += this.#open;
  }

  result(seconds: number, unasked = 0): LoadResult {
    const latencies = this.#latencies;
    return {
      perSecond: latencies.length / seconds,
      p50Ms: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
      requests: latencies.length + this.#open,
      failed: this.#failed,
      unasked,
    };
  }
}

function always(target: string): () => Buffer {
  const request = Buffer.from(`GET ${target} HTTP/1.1\r\nhost: bench.test\r\naccept: application/json\r\n\r\n`);
  return () => request;
}
