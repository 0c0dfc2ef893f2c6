import type { Message, Thread } from "@ipnuo/domain/message";

/** One row of a conversation as it is shown. */
export type TimelineItem =
  | { readonly kind: "day"; readonly key: string; readonly at: string }
  | { readonly kind: "message"; readonly key: string; readonly at: string; readonly message: Message }
  | { readonly kind: "note"; readonly key: string; readonly at: string; readonly text: string; readonly author: string }
  | { readonly kind: "summary"; readonly key: string; readonly at: string; readonly text: string; readonly author: string };

/**
 * Messages, notes and summaries in the order of time, a heading before each day. What is older than the oldest message shown
 * waits until that part of the conversation is loaded.
 */
export function toTimeline({ messages, activities, sessionSummaries, hasMore }: Thread): TimelineItem[] {
  const since = hasMore ? (messages[0]?.timestamp ?? "") : "";
  const notes = activities.map(({ id, createdAt, text, authorName }): TimelineItem => ({
    kind: "note",
    key: id,
    at: createdAt,
    text,
    author: authorName,
  }));
  const summaries = sessionSummaries.map(({ id, date, summary, authorName }): TimelineItem => ({
    kind: "summary",
    key: id,
    at: date,
    text: summary,
    author: authorName,
  }));
  const rows = messages.map((message): TimelineItem => ({ kind: "message", key: message.id, at: message.timestamp, message }));
  // The sort is stable: at the same instant notes stand before messages, and each kind keeps the API's order.
  const items = [...summaries, ...notes, ...rows].filter(({ at }) => at >= since).toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
  return items.flatMap((item, index) => (dayOf(item) === dayOf(items[index - 1]) ? [item] : [dayHeading(item), item]));
}

const dayOf = (item: TimelineItem | undefined): string | undefined => item?.at.slice(0, 10);

const dayHeading = ({ at }: TimelineItem): TimelineItem => ({ kind: "day", key: `day-${at.slice(0, 10)}`, at });
