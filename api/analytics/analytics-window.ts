/** The windows of `GET analytics` (contract 3.3), all in UTC. Pure. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const RANGES: Readonly<Record<string, { readonly rangeMs: number; readonly bucketMs: number }>> = {
  "24h": { rangeMs: DAY_MS, bucketMs: HOUR_MS },
  "7d": { rangeMs: 7 * DAY_MS, bucketMs: DAY_MS },
  "30d": { rangeMs: 30 * DAY_MS, bucketMs: DAY_MS },
  "90d": { rangeMs: 90 * DAY_MS, bucketMs: DAY_MS },
};
const WEEK = { rangeMs: 7 * DAY_MS, bucketMs: DAY_MS };

export type AnalyticsWindow = {
  readonly start: Date;
  readonly end: Date;
  /** The window before `start`, of the same length. */
  readonly previousStart: Date;
  readonly bucketMs: number;
  /** Starts of all buckets, first to last; the last holds whatever lies later. */
  readonly buckets: readonly Date[];
};

/** The window that ends now; a range nobody knows counts as seven days. */
export function windowOf(timeRange: string, nowMs: number): AnalyticsWindow {
  const { rangeMs, bucketMs } = Object.hasOwn(RANGES, timeRange) ? (RANGES[timeRange] ?? WEEK) : WEEK;
  const startMs = nowMs - rangeMs;
  const [first, last] = [Math.floor(startMs / bucketMs), Math.floor(nowMs / bucketMs)];
  const buckets = Array.from({ length: last - first + 1 }, (_, index) => new Date((first + index) * bucketMs));
  return { start: new Date(startMs), end: new Date(nowMs), previousStart: new Date(startMs - rangeMs), bucketMs, buckets };
}
