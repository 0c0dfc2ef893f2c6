import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { Worker } from "node:worker_threads";
import { PACKAGE_ROOT } from "../../lib/paths.ts";
import type { Exchange } from "../core/exchange.ts";
import type { SelfTestReport } from "../core/summary/report.ts";
import type { Bus, ComparatorSetup, Decided, FromComparator, ToComparator } from "./bus-messages.ts";

export type ThreadBusOptions = {
  readonly setup: ComparatorSetup;
  /** Exchanges accepted and not decided, at most. */
  readonly maxSize: number;
  readonly events: {
    /** Told once for every exchange that was accepted and decided. */
    readonly onDecided: (decided: Decided & { readonly minuteMs: number }) => void;
    /** Accepted, but the thread died with it. Told instead of `onDecided`. */
    readonly onLost: (exchange: Pick<Exchange, "endpointId" | "minuteMs">) => void;
    readonly onStore: (state: { readonly isUp: boolean; readonly reason: string }) => void;
    readonly onLimit: (limit: number) => void;
    readonly onSelfTest: (result: SelfTestReport) => void;
    readonly onError: (stage: string, error: unknown) => void;
  };
};

/** Bodies that wait on the bus, in bytes at most. */
const MAX_BYTES = 64 * 1024 * 1024;
/** While candidate calls are down to a probe this many may wait: more would only grow old, at the cost of serving. */
const PROBE_SIZE = 100;
const BUSY_EVERY_MS = 100;
/** An event loop that is this late is as good as busy, whoever has the processor. */
const LATE_MS = 100;
/** Waking the thread costs the proxy more than what it is told: exchanges travel together, so many or so late at most. */
const BATCH_SIZE = 32;
const BATCH_MS = 4;
const RESTART_PAUSE_MS = 1_000;
const STOP_TIMEOUT_MS = 10_000;
const FLUSH_TIMEOUT_MS = 12_000;
const WORKER_HEAP_MB = 1_024;

/** A thread runs compiled code, also when this file is run from its source by a test. */
const THREAD_FILE = join(PACKAGE_ROOT, "dist", "shadow", "mirror", "comparator-thread.js");

type Waiting = { readonly endpointId: string; readonly minuteMs: number; readonly bytes: number };

/** Carries exchanges to a comparator thread: bounded, never waiting, restarted when the thread dies. */
export function startThreadBus({ setup, maxSize, events }: ThreadBusOptions): Bus {
  const waiting = new Map<string, Waiting>();
  const flushes = new Map<number, () => void>();
  let bytes = 0;
  let batch: Exchange[] = [];
  let posting: NodeJS.Timeout | undefined;
  let limit = Infinity;
  let ticket = 0;
  let isStopping = false;
  let isAlive = false;
  let starts = 0;
  let onStopped: (() => void) | undefined;
  let worker = startWorker();

  function startWorker(): Worker {
    isAlive = true;
    starts += 1;
    const started = new Worker(THREAD_FILE, {
      // A writer of its own: rows hold absolute figures, and a new thread begins at zero.
      workerData: { ...setup, writer: `${setup.writer}-${starts}` },
      resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MB },
    });
    started.on("message", receive);
    started.on("error", (error) => events.onError("comparator thread", error));
    started.once("exit", () => onExit());
    return started;
  }

  function onExit(): void {
    isAlive = false;
    onStopped?.();
    for (const resolve of flushes.values()) resolve();
    flushes.clear();
    for (const lost of waiting.values()) events.onLost(lost);
    waiting.clear();
    batch = [];
    bytes = 0;
    limit = Infinity;
    if (isStopping) return;
    events.onStore({ isUp: false, reason: "the comparator thread ended" });
    setTimeout(() => {
      if (!isStopping) worker = startWorker();
    }, RESTART_PAUSE_MS).unref();
  }

  function receive(message: FromComparator): void {
    switch (message.kind) {
      case "decided":
        return message.decided.forEach(release);
      case "flushed":
        flushes.get(message.ticket)?.();
        flushes.delete(message.ticket);
        return;
      case "store":
        return events.onStore(message);
      case "limit":
        limit = message.limit;
        return events.onLimit(limit);
      case "selfTest":
        return events.onSelfTest(message.result);
      case "trouble":
        return events.onError(message.stage, new Error(message.reason));
      case "stopped":
        return onStopped?.();
    }
  }

  function release(decided: Decided): void {
    const accepted = waiting.get(decided.id);
    if (accepted === undefined) return; // counted as lost already
    waiting.delete(decided.id);
    bytes -= accepted.bytes;
    events.onDecided({ ...decided, minuteMs: accepted.minuteMs });
  }

  /** Bodies are moved, not copied. */
  function post(): void {
    clearTimeout(posting);
    posting = undefined;
    if (batch.length === 0) return;
    const exchanges = batch;
    batch = [];
    const bodies = exchanges
      .map((exchange) => exchange.primary.body)
      .flatMap((body) => (body.kind === "bytes" ? [body.bytes.buffer as ArrayBuffer] : []));
    send({ kind: "exchanges", exchanges }, bodies);
  }

  function send(message: ToComparator, transfer: ArrayBuffer[] = []): void {
    worker.postMessage(message, transfer);
  }

  const busyTimer = reportBusy((share) => send({ kind: "busy", share }));

  return {
    offer: (size, make) => {
      const room = limit < 1 ? Math.min(PROBE_SIZE, maxSize) : maxSize;
      if (!isAlive || isStopping || waiting.size >= room || bytes + size > MAX_BYTES) return false;
      const exchange = make();
      waiting.set(exchange.id, { endpointId: exchange.endpointId, minuteMs: exchange.minuteMs, bytes: size });
      bytes += size;
      if (batch.push(exchange) >= BATCH_SIZE) post();
      else posting ??= setTimeout(post, BATCH_MS);
      return true;
    },
    noteWrite: (mark) => send({ kind: "writes", marks: [mark] }),
    flush: async () => {
      if (!isAlive) return;
      await new Promise<void>((resolve) => {
        post();
        const mine = (ticket += 1);
        const timer = setTimeout(resolve, FLUSH_TIMEOUT_MS);
        flushes.set(mine, () => (clearTimeout(timer), resolve()));
        send({ kind: "flush", ticket: mine });
      });
    },
    size: () => waiting.size,
    stop: async () => {
      isStopping = true;
      clearInterval(busyTimer);
      post();
      const stopped = new Promise<void>((resolve) => (onStopped = resolve));
      send({ kind: "stop" });
      await Promise.race([stopped, new Promise((resolve) => setTimeout(resolve, STOP_TIMEOUT_MS).unref())]);
      await worker.terminate();
    },
  };
}

/** Says every so often which share of the time this thread was busy, or was kept from running. */
function reportBusy(report: (share: number) => void): NodeJS.Timeout {
  let before = performance.eventLoopUtilization();
  let dueAtMs = performance.now() + BUSY_EVERY_MS;
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const lateMs = performance.now() - dueAtMs;
    report(Math.min(1, Math.max(performance.eventLoopUtilization(now, before).utilization, lateMs / LATE_MS)));
    before = now;
    dueAtMs = performance.now() + BUSY_EVERY_MS;
  }, BUSY_EVERY_MS);
  return timer.unref();
}
