import type { Analytics } from "@ipnuo/domain/analytics";
import { messageStatus, type MessageStatus } from "@ipnuo/domain/enums";
import type { AnalyticsWindow } from "./analytics-window.ts";

/** Sent and received messages of one bucket, hour or window. */
export type Traffic = { readonly sent: number; readonly received: number };

/** What the one statement counts. */
export type AnalyticsCounts = {
  readonly total: Traffic;
  readonly flowbot: number;
  readonly previous: Traffic;
  readonly activeContacts: number;
  /** By position in the window's buckets. */
  readonly byBucket: ReadonlyMap<number, Traffic>;
  /** By hour of the day, UTC. */
  readonly byHour: ReadonlyMap<number, Traffic>;
  readonly byStatus: ReadonlyMap<MessageStatus, number>;
};

const NOTHING: Traffic = { sent: 0, received: 0 };
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** Share in whole percent, `floor(x + 0.5)`; 0 of nothing. */
export function percentOf(part: number, total: number): number {
  return total === 0 ? 0 : Math.floor((100 * part) / total + 0.5);
}

/** Change in whole percent; null when there was nothing before. */
export function changeOf(now: number, before: number): number | null {
  return before === 0 ? null : Math.floor((100 * (now - before)) / before + 0.5);
}

/** Counts as the contract shows them (3.3). Pure. */
export function toAnalytics(counts: AnalyticsCounts, window: AnalyticsWindow, timeRange: string): Analytics {
  const { total, previous } = counts;
  const totalMessages = sumOf(total);
  const hourlyDistribution = HOURS.map((hour) => ({ hour, ...withTotal(counts.byHour.get(hour)) }));
  const peak = hourlyDistribution.reduce((best, each) => (each.total > best.total ? each : best));
  return {
    success: true,
    totalMessages,
    sentMessages: total.sent,
    receivedMessages: total.received,
    sentPercentage: percentOf(total.sent, totalMessages),
    receivedPercentage: percentOf(total.received, totalMessages),
    messagesChange: changeOf(totalMessages, sumOf(previous)),
    sentChange: changeOf(total.sent, previous.sent),
    receivedChange: changeOf(total.received, previous.received),
    activeContacts: counts.activeContacts,
    flowbotMessages: counts.flowbot,
    flowbotPercentage: percentOf(counts.flowbot, totalMessages),
    avgResponseTime: null,
    timeline: window.buckets.map((start, index) => ({ iso: start.toISOString(), ...withTotal(counts.byBucket.get(index)) })),
    hourlyDistribution,
    statusBreakdown: statusesOf(counts.byStatus, totalMessages),
    peakHour: totalMessages === 0 ? null : peak.hour,
    peakHourVolume: peak.total,
    timeRange,
    startDate: window.start.toISOString(),
    endDate: window.end.toISOString(),
  };
}

function sumOf({ sent, received }: Traffic): number {
  return sent + received;
}

function withTotal({ sent, received }: Traffic = NOTHING) {
  return { sent, received, total: sent + received };
}

/** Only statuses that occur, in the contract's order. */
function statusesOf(byStatus: ReadonlyMap<MessageStatus, number>, totalMessages: number): Analytics["statusBreakdown"] {
  return messageStatus.options.flatMap((status) => {
    const count = byStatus.get(status) ?? 0;
    return count === 0 ? [] : [{ status, count, percentage: percentOf(count, totalMessages) }];
  });
}
