import { setTimeout as delay } from "node:timers/promises";
import type { IngestResult } from "@ipnuo/domain/ingest";
import { messageOf } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import { batchFrom, type CallBatch, type Waiting } from "./batch-from.ts";
import type { IngestClient } from "./ingest-client.ts";
import { MAX_BATCH_ITEMS, scopeOf, type IngestCall } from "./ingest-call.ts";
import { judgeBatch, type BatchVerdict } from "./judge-answer.ts";
import { nextDelayMs } from "./retry-delay.ts";
import type { Spool, SpooledCall } from "./spool.ts";

export type LaneContext = {
  readonly spool: Spool;
  readonly client: IngestClient;
  readonly log: Logger;
  readonly counters: { delivered: number; rejected: number; dropped: number; unanswered: number };
  readonly nowMs: () => number;
  readonly random: () => number;
  /** Aborted: no call is begun any more. */
  readonly signal: AbortSignal;
  readonly onUnknown: (sessionId: string) => void;
};

/** A batch that one API after the other answers with 500 for this long is what they cannot bear: it stands aside for what waits behind it. */
const POISON_MS = 10 * 60_000;
const POISON_ATTEMPTS = 10;
/** Contents of calls that wait further back are read from disk when their turn comes. */
const MAX_CALLS_IN_MEMORY = 200;

type Failures = { readonly attempts: number; readonly faults: number; readonly sinceMs: number };
const NO_FAILURES: Failures = { attempts: 0, faults: 0, sinceMs: 0 };

/** The calls of one session, in order, one in flight. */
export class Lane {
  private readonly queue: Waiting[] = [];
  private running: Promise<void> | undefined;
  private failures = NO_FAILURES;
  /** One after a fault, so that only what causes it is held up. */
  private maxItems = MAX_BATCH_ITEMS;

  constructor(
    private readonly sessionId: string,
    private readonly context: LaneContext,
  ) {}

  get waiting(): number {
    return this.queue.reduce((sum, { itemCount, doneCount }) => sum + itemCount - doneCount, 0);
  }

  async submit(call: IngestCall): Promise<void> {
    const parts: IngestCall[] = [];
    for (let from = 0; from < call.items.length; from += MAX_BATCH_ITEMS)
      parts.push({ ...call, items: call.items.slice(from, from + MAX_BATCH_ITEMS) });
    await Promise.all(parts.map((part) => this.append(part)));
  }

  /** A call that a former process left on disk. */
  resume({ seq, path, itemCount }: SpooledCall): void {
    this.queue.push({ seq, path, itemCount, doneCount: 0, call: undefined, isOnDisk: Promise.resolve(true), settle: () => {} });
    this.wake();
  }

  async drained(timeoutMs: number): Promise<boolean> {
    if (this.running === undefined) return true;
    const timer = new AbortController();
    const isLate = delay(timeoutMs, false, { signal: timer.signal }).catch(() => false);
    const isDone = await Promise.race([this.running.then(() => this.queue.length === 0), isLate]);
    timer.abort();
    return isDone;
  }

  stopped(): Promise<void> {
    return this.running ?? Promise.resolve();
  }

  private async append(call: IngestCall): Promise<void> {
    const { spool, log } = this.context;
    const seq = spool.next();
    let settle = (): void => {};
    const delivered = new Promise<void>((resolve) => (settle = resolve));
    const isOnDisk = spool.append(seq, call).then(
      () => true,
      (error: unknown) => {
        log.error(
          { sessionId: this.sessionId, traceId: call.traceId, reason: messageOf(error) },
          "the spool takes nothing: what is heard is held in memory",
        );
        return false;
      },
    );
    const kept = this.queue.length < MAX_CALLS_IN_MEMORY ? call : undefined;
    const waiting: Waiting = { seq, path: call.path, itemCount: call.items.length, doneCount: 0, call: kept, isOnDisk, settle };
    this.queue.push(waiting);
    if (await isOnDisk) return this.wake();
    waiting.call = call;
    this.wake();
    await delivered;
  }

  private wake(): void {
    if (this.running !== undefined || this.context.signal.aborted) return;
    this.running = this.run().finally(() => {
      this.running = undefined;
      if (this.queue.length > 0) this.wake();
    });
  }

  private async run(): Promise<void> {
    while (this.queue.length > 0 && !this.context.signal.aborted) {
      const batch = await batchFrom(this.queue, this.maxItems, (seq) => this.context.spool.read(this.sessionId, seq));
      if (batch === undefined) {
        await this.finish(1);
        continue;
      }
      await this.settle(batch, await this.post(batch));
    }
  }

  private async post({ path, items, traceId }: IngestCall): Promise<BatchVerdict> {
    const body = JSON.stringify({ sessionId: this.sessionId, items });
    let fault = false;
    const answer = await this.context.client.post({ path, scope: scopeOf(path), body, traceId }, (given) => {
      const verdict = judgeBatch(given.status, given.body, items.length);
      fault ||= verdict.kind === "unavailable" && verdict.isFault;
      return verdict.kind !== "unavailable";
    });
    return answer === undefined ? { kind: "unavailable", isFault: fault } : judgeBatch(answer.status, answer.body, items.length);
  }

  private async settle(batch: CallBatch, verdict: BatchVerdict): Promise<void> {
    const { counters, log, onUnknown } = this.context;
    const { path, items, traceId } = batch;
    switch (verdict.kind) {
      case "stored":
        await this.keepRejected(batch, verdict.results);
        log.debug({ sessionId: this.sessionId, path, items: items.length, traceId }, "delivered");
        break;
      case "refused":
        await this.setAside(batch, verdict.problem);
        break;
      case "unknown-session":
        counters.dropped += this.waiting;
        await this.finish(this.queue.length);
        return onUnknown(this.sessionId);
      case "too-large":
        if (items.length === 1) await this.setAside(batch, "larger than a call may be");
        else return void (this.maxItems = Math.ceil(items.length / 2));
        break;
      case "unavailable":
        return this.retryLater(batch, verdict.isFault);
    }
    this.failures = NO_FAILURES;
    this.maxItems = MAX_BATCH_ITEMS;
    await this.advance(batch);
  }

  private async retryLater(batch: CallBatch, isFault: boolean): Promise<void> {
    const { counters, nowMs, random, signal } = this.context;
    counters.unanswered += 1;
    const { attempts, faults, sinceMs } = this.failures;
    this.failures = { attempts: attempts + 1, faults: isFault ? faults + 1 : 0, sinceMs: isFault && faults > 0 ? sinceMs : nowMs() };
    if (isFault) this.maxItems = 1;
    if (this.failures.faults >= POISON_ATTEMPTS && nowMs() - this.failures.sinceMs >= POISON_MS && batch.items.length === 1) {
      this.failures = NO_FAILURES;
      await this.setAside(batch, "every API fails with it");
      return this.advance(batch);
    }
    await delay(nextDelayMs(attempts, random()), undefined, { signal }).catch(() => {});
  }

  private async keepRejected({ items, ...call }: IngestCall, results: readonly IngestResult[]): Promise<void> {
    const rejected = results.flatMap(({ outcome, error }, index) =>
      outcome === "rejected" ? [{ item: items[index], problem: error ?? "rejected" }] : [],
    );
    this.context.counters.delivered += items.length - rejected.length;
    for (const { item, problem } of rejected) await this.setAside({ ...call, items: [item] }, problem);
  }

  private async setAside(call: IngestCall, problem: string): Promise<void> {
    const { counters, log, spool } = this.context;
    const { sessionId, path, items, traceId } = call;
    counters.rejected += items.length;
    log.error({ sessionId, path, items: items.length, traceId, problem }, "no API takes this: it is kept aside in the spool");
    await spool
      .setAside(call, problem)
      .catch((error: unknown) => log.error({ sessionId, traceId, reason: messageOf(error) }, "could not keep it aside"));
  }

  private async advance({ callCount, items }: CallBatch): Promise<void> {
    const [first] = this.queue;
    if (callCount === 0 && first !== undefined) first.doneCount += items.length;
    else await this.finish(callCount);
  }

  /** The first calls of the queue are done with. */
  private async finish(callCount: number): Promise<void> {
    const done = this.queue.splice(0, callCount);
    // Not removed from a broken disk: they are delivered once more, and change nothing then.
    await this.context.spool
      .remove(
        this.sessionId,
        done.map(({ seq }) => seq),
      )
      .catch((error: unknown) => this.context.log.warn({ sessionId: this.sessionId, reason: messageOf(error) }, "the spool removes nothing"));
    for (const { settle } of done) settle();
  }
}
