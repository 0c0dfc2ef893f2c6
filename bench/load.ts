import autocannon from "autocannon";

export type LoadResult = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
  readonly requests: number;
};

export type LoadOptions = {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** requests per second; as many as possible when absent */ readonly rate?: number;
};

/** One round of GET requests over keep-alive connections. */
export async function runLoad({ url, connections, seconds, rate }: LoadOptions): Promise<LoadResult> {
  const result = await autocannon({ url, connections, duration: seconds, ...(rate === undefined ? {} : { overallRate: rate }) });
  const failed = result.errors + result.timeouts + result.non2xx;
  return {
    perSecond: result.requests.total / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failed,
    requests: result.requests.total,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** The round with the median throughput of several. */
export function medianResult(results: readonly LoadResult[]): LoadResult {
  return {
    perSecond: median(results.map(({ perSecond }) => perSecond)),
    p50Ms: median(results.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(results.map(({ p99Ms }) => p99Ms)),
    failed: results.reduce((sum, { failed }) => sum + failed, 0),
    requests: results.reduce((sum, { requests }) => sum + requests, 0),
  };
}
