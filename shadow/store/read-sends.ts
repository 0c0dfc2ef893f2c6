import type { SendsReport } from "../core/summary/report.ts";
import { whereState } from "./send-listing.ts";
import type { StoreClient } from "./store.ts";

/** How requests to send are counted: by endpoint and minute, as what answers look like is. */
export const SEND_DIMENSION = "send";

const COUNTED = ["accepted", "replayed", "conflicts", "mismatches", "unprotected", "duplicatesPrevented"] as const;

/** Counters of the time; `unknown` is how many sends are of unknown fate now, however old they are. */
export async function readSends(store: StoreClient, since: Date): Promise<SendsReport> {
  const [rows, unknown] = await Promise.all([
    store.$queryRaw<{ value: string; count: number }[]>`select value, sum(count)::int as count from parallax.coverage
      where dimension = ${SEND_DIMENSION} and minute >= date_trunc('minute', ${since}::timestamptz) group by 1`,
    store.send.count({ where: whereState("unknown") }),
  ]);
  const count = (name: string): number => rows.find(({ value }) => value === name)?.count ?? 0;
  return { ...(Object.fromEntries(COUNTED.map((name) => [name, count(name)])) as Omit<SendsReport, "unknown">), unknown };
}
