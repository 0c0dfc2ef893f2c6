import { setTimeout as sleep } from "node:timers/promises";
import type { Reply } from "./client.ts";

/** How far a request's own instant may lie from now. */
const CLOCK_TOLERANCE_MS = 5_000;
const HOUR_MS = 3_600_000;
const CALM_MS = 30_000;

/** Status and JSON of a reply as one text, without the instant of the request itself: equal for two systems in agreement. */
export function outline({ status, json, text }: Pick<Reply, "status" | "json" | "text">): string {
  return JSON.stringify([status, withoutInstants(json) ?? text]);
}

/** `startDate` and `endDate` of analytics give way to their distance, when the end is now. */
function withoutInstants(body: unknown): unknown {
  if (typeof body !== "object" || body === null || !("endDate" in body)) return body;
  const { endDate, startDate, ...rest } = body as Record<string, unknown>;
  const [start, end] = [Date.parse(String(startDate)), Date.parse(String(endDate))];
  return { ...rest, endDate: Math.abs(end - Date.now()) < CLOCK_TOLERANCE_MS ? "now" : endDate, rangeMs: end - start };
}

/** Resolves when no bucket of analytics (an hour, a day) begins within the next half minute. */
export async function untilCalm(): Promise<void> {
  const leftMs = HOUR_MS - (Date.now() % HOUR_MS);
  if (leftMs < CALM_MS) await sleep(leftMs + 100);
}
