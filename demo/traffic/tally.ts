import { build } from "hdr-histogram-js";
import type { EndpointId } from "../../domain/src/endpoints.ts";

export type TrafficSummary = {
  /** Requests that have ended, failures included. */
  readonly requests: number;
  /** No answer in time, or a 5xx. */
  readonly failures: number;
  /** Answers whose status is not the contract's, 5xx included. */
  readonly unexpected: number;
  /** Requests that were due while the server was too slow, and were not made. */
  readonly skipped: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly byEndpoint: Readonly<Record<string, number>>;
  /** Milliseconds until the whole answer had arrived; 0 without any answer. */
  readonly p50Ms: number;
  readonly p99Ms: number;
};

export type Outcome = {
  readonly endpoint: EndpointId;
  readonly expectedStatus: number;
  readonly status: number | undefined;
  readonly tookMs: number;
};

const LONGEST_US = 120_000_000;

/** Counts what became of the requests; latencies go into a histogram of fixed size. */
export function createTally() {
  const latency = build({ lowestDiscernibleValue: 1, highestTrackableValue: LONGEST_US, numberOfSignificantValueDigits: 3 });
  const byStatus: Record<string, number> = {};
  const byEndpoint: Record<string, number> = {};
  const totals = { requests: 0, failures: 0, unexpected: 0, skipped: 0 };

  const add = ({ endpoint, expectedStatus, status, tookMs }: Outcome): void => {
    totals.requests += 1;
    byEndpoint[endpoint] = (byEndpoint[endpoint] ?? 0) + 1;
    if (status === undefined || status >= 500) totals.failures += 1;
    if (status === undefined) return;
    byStatus[status] = (byStatus[status] ?? 0) + 1;
    if (status !== expectedStatus) totals.unexpected += 1;
    latency.recordValue(Math.min(LONGEST_US, Math.round(tookMs * 1_000)));
  };
  const percentileMs = (percentile: number): number => (latency.totalCount === 0 ? 0 : latency.getValueAtPercentile(percentile) / 1_000);
  const summary = (): TrafficSummary => ({
    ...totals,
    byStatus: { ...byStatus },
    byEndpoint: { ...byEndpoint },
    p50Ms: percentileMs(50),
    p99Ms: percentileMs(99),
  });
  const skip = (count: number): void => {
    totals.skipped += count;
  };
  return { add, skip, summary };
}
