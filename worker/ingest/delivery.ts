import type { Logger } from "../../lib/log.ts";
import type { IngestClient } from "./ingest-client.ts";
import type { IngestCall } from "./ingest-call.ts";
import { Lane, type LaneContext } from "./lane.ts";
import { Reporter, type ReportKind, type ReportOutcome } from "./reporter.ts";
import { openSpool, type Spool } from "./spool.ts";

export type { IngestCall, IngestPath } from "./ingest-call.ts";
export type { ReportKind, ReportOutcome } from "./reporter.ts";

/** How what a session hears reaches an API: durable, in order, each item once. */
export type Delivery = {
  /**
   * Durable and in order per session: resolves when the call lies in the spool on disk, from where it is delivered at once, or as soon as an API answers.
   * With a disk that takes nothing it resolves when an API has stored the call.
   * Throws `SPOOL_FULL` when more waits than the spool may hold.
   */
  readonly submit: (call: IngestCall) => Promise<void>;
  /** A session's state or QR: answered now, or kept as the session's newest one until an API answers. Never throws. */
  readonly report: (sessionId: string, kind: ReportKind, body: unknown) => Promise<ReportOutcome>;
  /** Called when an API says that a session is unknown (404): the socket of it must end. Answers a function that stops listening. */
  readonly onUnknownSession: (listener: (sessionId: string) => void) => () => void;
  /** Resolves when nothing of the session waits any more. False when that takes longer. */
  readonly drained: (sessionId: string, timeoutMs: number) => Promise<boolean>;
  readonly counters: () => DeliveryCounters;
  /** Lets calls in flight end, closes the spool. What lies in it is delivered after the next start. */
  readonly close: () => Promise<void>;
};

export type DeliveryCounters = {
  /** Items an API has stored, knew already, or skipped. */
  readonly delivered: number;
  /** Items that no API will ever take: they are kept aside. */
  readonly rejected: number;
  /** Items of sessions that no API knows: they are dropped. */
  readonly dropped: number;
  /** Calls that no API answered; each is made again. */
  readonly unanswered: number;
  /** Items that wait. */
  readonly waiting: number;
};

export type DeliveryOptions = {
  readonly spoolDir: string;
  readonly client: IngestClient;
  readonly log: Logger;
  readonly nowMs?: () => number;
  readonly random?: () => number;
};

/** More than this many calls mean that no API has answered for days. */
const MAX_WAITING_CALLS = 200_000;

/** Opens the spool, delivers what a former process left in it, and takes calls. */
export async function createDelivery({ spoolDir, client, log, nowMs = Date.now, random = Math.random }: DeliveryOptions): Promise<Delivery> {
  const spool = await openSpool(spoolDir, { maxCalls: MAX_WAITING_CALLS, nowMs });
  const listeners = new Set<(sessionId: string) => void>();
  const counters = { delivered: 0, rejected: 0, dropped: 0, unanswered: 0 };
  const closing = new AbortController();
  const onUnknown = (sessionId: string): void => {
    log.warn({ sessionId }, "no API knows this session");
    for (const listener of listeners) listener(sessionId);
  };
  const context: LaneContext = { spool, client, log, counters, nowMs, random, signal: closing.signal, onUnknown };
  const lanes = new Map<string, Lane>();
  const laneOf = (sessionId: string): Lane => {
    const lane = lanes.get(sessionId) ?? new Lane(sessionId, context);
    lanes.set(sessionId, lane);
    return lane;
  };
  for (const entry of spool.left()) laneOf(entry.sessionId).resume(entry);
  const reporter = new Reporter(context);
  await reporter.resume();
  return {
    submit: (call) => laneOf(call.sessionId).submit(call),
    report: (sessionId, kind, body) => reporter.report(sessionId, kind, body),
    onUnknownSession: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    drained: async (sessionId, timeoutMs) => (await lanes.get(sessionId)?.drained(timeoutMs)) ?? true,
    counters: () => ({ ...counters, waiting: [...lanes.values()].reduce((sum, lane) => sum + lane.waiting, 0) }),
    close: () => close(spool, closing, [...lanes.values(), reporter]),
  };
}

async function close(spool: Spool, closing: AbortController, parts: readonly { readonly stopped: () => Promise<void> }[]): Promise<void> {
  closing.abort();
  await Promise.all(parts.map((part) => part.stopped()));
  await spool.close();
}
