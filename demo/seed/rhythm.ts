import type { Random } from "./random.ts";
import { before, HISTORY_MS } from "./rows.ts";

/** How busy an hour (UTC) and a weekday (Sunday first) are, from 0 to 1. */
const HOURS = [
  0.08, 0.04, 0.03, 0.02, 0.02, 0.05, 0.15, 0.35, 0.7, 0.95, 1, 1, 0.85, 0.75, 0.95, 1, 0.95, 0.85, 0.7, 0.55, 0.42, 0.32, 0.22, 0.14,
] as const;
const WEEKDAYS = [0.3, 1, 0.95, 0.95, 1, 0.9, 0.5] as const;

/** How busy a moment is, from 0 to 1. */
export function busyness(at: Date): number {
  return (HOURS[at.getUTCHours()] ?? 0) * (WEEKDAYS[at.getUTCDay()] ?? 0);
}

/** A moment of the last 90 days, more often by day than by night and on weekdays than at weekends. */
export function pickMoment(now: Date, random: Random): Date {
  for (;;) {
    const moment = before(now, random.next() * HISTORY_MS);
    if (random.chance(busyness(moment))) return moment;
  }
}
