/** The formulas of contract 3.3, computed over plain rows, apart from both implementations. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const RANGES = { "24h": DAY_MS, "7d": 7 * DAY_MS, "30d": 30 * DAY_MS, "90d": 90 * DAY_MS } as const;
export type Range = keyof typeof RANGES;

export const STATUSES = ["PENDING", "SENT", "DELIVERED", "READ", "FAILED"] as const;

export type Traffic = { readonly at: number; readonly fromMe: boolean; readonly status: (typeof STATUSES)[number]; readonly senderId: string | null };

export type Question = {
  readonly messages: readonly Traffic[];
  /** `lastMessageAt` of the session's contacts. */
  readonly contacts: readonly number[];
  readonly range: Range;
  /** What the request said, when it was not the range itself. */
  readonly echo?: string;
  /** The instant of the request, as the answer names it. */
  readonly end: number;
};

type Window = { readonly sent: number; readonly received: number; readonly total: number };

const half = (value: number): number => Math.floor(value + 0.5);
const pct = (part: number, total: number): number => (total === 0 ? 0 : half((100 * part) / total));
const change = (now: number, before: number): number | null => (before === 0 ? null : half((100 * (now - before)) / before));
const iso = (at: number): string => new Date(at).toISOString();

function countOf(messages: readonly Traffic[]): Window {
  const sent = messages.filter(({ fromMe }) => fromMe).length;
  return { sent, received: messages.length - sent, total: messages.length };
}

/** The whole body of `GET analytics`. */
export function analyticsOf({ messages, contacts, range, echo = range, end }: Question): Record<string, unknown> {
  const start = end - RANGES[range];
  const inWindow = messages.filter(({ at }) => at >= start);
  const now = countOf(inWindow);
  const before = countOf(messages.filter(({ at }) => at < start && at >= start - RANGES[range]));
  const flowbot = inWindow.filter(({ fromMe, senderId }) => fromMe && senderId === "whatsapp-system").length;
  const hours = Array.from({ length: 24 }, (_, hour) => ({ hour, ...countOf(inWindow.filter(({ at }) => new Date(at).getUTCHours() === hour)) }));
  const peak = hours.reduce((best, each) => (each.total > best.total ? each : best));
  const statuses = STATUSES.map((status) => ({ status, count: inWindow.filter((message) => message.status === status).length }));
  return {
    success: true,
    totalMessages: now.total,
    sentMessages: now.sent,
    receivedMessages: now.received,
    sentPercentage: pct(now.sent, now.total),
    receivedPercentage: pct(now.received, now.total),
    messagesChange: change(now.total, before.total),
    sentChange: change(now.sent, before.sent),
    receivedChange: change(now.received, before.received),
    activeContacts: contacts.filter((at) => at >= start).length,
    flowbotMessages: flowbot,
    flowbotPercentage: pct(flowbot, now.total),
    avgResponseTime: null,
    timeline: timelineOf(inWindow, range === "24h" ? HOUR_MS : DAY_MS, start, end),
    hourlyDistribution: hours,
    statusBreakdown: statuses.filter(({ count }) => count > 0).map(({ status, count }) => ({ status, count, percentage: pct(count, now.total) })),
    peakHour: now.total === 0 ? null : peak.hour,
    peakHourVolume: now.total === 0 ? 0 : peak.total,
    timeRange: echo,
    startDate: iso(start),
    endDate: iso(end),
  };
}

/** Buckets are whole hours or days of UTC; what lies after the last one counts in it. */
function timelineOf(messages: readonly Traffic[], sizeMs: number, start: number, end: number): unknown[] {
  const first = Math.floor(start / sizeMs);
  const last = Math.floor(end / sizeMs);
  const bucketOf = (at: number): number => Math.min(last, Math.floor(at / sizeMs));
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    iso: iso((first + index) * sizeMs),
    ...countOf(messages.filter(({ at }) => bucketOf(at) === first + index)),
  }));
}
