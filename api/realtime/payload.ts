import { EVENTS, type EventName } from "@ipnuo/domain/events";

/** A stored emission with the time of its broadcast, keys in the contract's order (a JSON column keeps none). */
export function toPayload(event: string, data: unknown, nowMs: number): unknown {
  const payload = { ...(data as object), timestamp: nowMs };
  const parsed = event in EVENTS ? EVENTS[event as EventName].safeParse(payload) : undefined;
  return parsed?.success === true ? parsed.data : payload;
}
