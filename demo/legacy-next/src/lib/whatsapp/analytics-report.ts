import type { Analytics } from "@ipnuo/domain/analytics";
import type { MessageStatus } from "@ipnuo/domain/enums";
import { bucketStarts, type TimeWindow } from "./time-window.ts";

/** One group of the aggregate statement. `key`: start of the bucket in epoch seconds, hour of the day, status, else empty. */
export type CountRow = {
  readonly kind: "window" | "previous" | "flowbot" | "activeContacts" | "bucket" | "hour" | "status";
  readonly key: string;
  readonly sent: number;
  readonly total: number;
};

type Traffic = { readonly sent: number; readonly received: number; readonly total: number };

const STATUS_ORDER: readonly MessageStatus[] = ["PENDING", "SENT", "DELIVERED", "READ", "FAILED"];
const NOTHING: Traffic = { sent: 0, received: 0, total: 0 };

export function toAnalytics(rows: readonly CountRow[], timeRange: string, window: TimeWindow): Analytics {
  const counts = indexed(rows);
  const traffic = (kind: CountRow["kind"], key = ""): Traffic => counts.get(`${kind} ${key}`) ?? NOTHING;
  const now = traffic("window");
  const before = traffic("previous");
  const flowbot = traffic("flowbot").total;
  const hourlyDistribution = Array.from({ length: 24 }, (_, hour) => ({ hour, ...traffic("hour", String(hour)) }));
  const peakHourVolume = Math.max(...hourlyDistribution.map(({ total }) => total));
  return {
    success: true,
    totalMessages: now.total,
    sentMessages: now.sent,
    receivedMessages: now.received,
    sentPercentage: percentage(now.sent, now.total),
    receivedPercentage: percentage(now.received, now.total),
    messagesChange: change(now.total, before.total),
    sentChange: change(now.sent, before.sent),
    receivedChange: change(now.received, before.received),
    activeContacts: traffic("activeContacts").total,
    flowbotMessages: flowbot,
    flowbotPercentage: percentage(flowbot, now.total),
    avgResponseTime: null,
    timeline: bucketStarts(window).map((startMs) => ({
      iso: new Date(startMs).toISOString(),
      ...traffic("bucket", String(startMs / 1_000)),
    })),
    hourlyDistribution,
    statusBreakdown: STATUS_ORDER.map((status) => ({ status, count: traffic("status", status).total }))
      .filter(({ count }) => count > 0)
      .map(({ status, count }) => ({ status, count, percentage: percentage(count, now.total) })),
    peakHour: now.total === 0 ? null : hourlyDistribution.findIndex(({ total }) => total === peakHourVolume),
    peakHourVolume,
    timeRange,
    startDate: window.start.toISOString(),
    endDate: window.end.toISOString(),
  };
}

function indexed(rows: readonly CountRow[]): ReadonlyMap<string, Traffic> {
  return new Map(rows.map(({ kind, key, sent, total }) => [`${kind} ${key}`, { sent, received: total - sent, total }]));
}

/** Half goes up, also below zero: SQL's `round` would go away from zero. */
const roundHalfUp = (value: number): number => Math.floor(value + 0.5);

const percentage = (part: number, total: number): number => (total === 0 ? 0 : roundHalfUp((100 * part) / total));

const change = (now: number, before: number): number | null => (before === 0 ? null : roundHalfUp((100 * (now - before)) / before));
