const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const DEFAULT_DAYS = 7;
const DAYS: Readonly<Record<string, number>> = { "24h": 1, "7d": DEFAULT_DAYS, "30d": 30, "90d": 90 };

/** The period of one analytics request, and the one of equal length before it. */
export type TimeWindow = {
  readonly previousStart: Date;
  readonly start: Date;
  readonly end: Date;
  readonly bucket: "hour" | "day";
};

/** A range nobody knows is the week. */
export function timeWindow(timeRange: string, end: Date): TimeWindow {
  const days = Object.hasOwn(DAYS, timeRange) ? (DAYS[timeRange] ?? DEFAULT_DAYS) : DEFAULT_DAYS;
  const start = new Date(end.getTime() - days * DAY_MS);
  return { previousStart: new Date(start.getTime() - days * DAY_MS), start, end, bucket: days === 1 ? "hour" : "day" };
}

/** Starts of all buckets from that of `start` to that of `end`, in UTC: epoch milliseconds count hours and days exactly. */
export function bucketStarts({ start, end, bucket }: TimeWindow): number[] {
  const size = bucket === "hour" ? HOUR_MS : DAY_MS;
  const first = Math.floor(start.getTime() / size);
  const last = Math.floor(end.getTime() / size);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * size);
}
