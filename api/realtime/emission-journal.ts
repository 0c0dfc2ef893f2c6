import { Inject, Injectable } from "@nestjs/common";
import type { Logger } from "../../lib/log.ts";
import { LOG } from "../runtime/tokens.ts";
import { EmissionCounters } from "./emission-counters.ts";
import { describeFailure } from "./failure.ts";
import type { OutboxRow } from "./outbox.repository.ts";

/** Emissions whose request is remembered; of older ones, and of other processes', nobody knows it. */
const MAX_REMEMBERED = 10_000;

/** What became of emissions: counted, and told in the log under the request each one came from. Never their content. */
@Injectable()
export class EmissionJournal {
  /** Outbox row to request. */
  private readonly requests = new Map<bigint, string>();

  constructor(
    @Inject(LOG) private readonly log: Logger,
    private readonly counters: EmissionCounters,
  ) {}

  /** Before the commit: another request's broadcast may take the rows along right after it. */
  remember(ids: readonly bigint[], requestId: string): void {
    for (const id of ids) {
      const [oldest] = this.requests.keys();
      if (this.requests.size >= MAX_REMEMBERED && oldest !== undefined) this.requests.delete(oldest);
      this.requests.set(id, requestId);
    }
  }

  recorded(emissions: number): void {
    this.counters.count("recorded", emissions);
  }

  skipped(emissions: number): void {
    this.counters.count("skipped", emissions);
  }

  /** No broker takes such a name, today or later. */
  unsendable(event: string, requestId: string): void {
    this.counters.count("refused");
    this.log.error({ requestId, event }, "an emission's channel has a name no broker takes: dropped");
  }

  broadcast(rows: readonly OutboxRow[]): void {
    this.counters.count("broadcast", rows.length);
    for (const [requestId, events] of this.byRequest(rows)) this.log.debug({ requestId, events }, "emissions broadcast");
    this.forget(rows);
  }

  refused(row: OutboxRow): void {
    this.counters.count("refused");
    this.log.error({ requestId: this.requests.get(row.id), event: row.event }, "broker refuses an emission: dropped");
    this.forget([row]);
  }

  deferred(rows: readonly OutboxRow[]): void {
    this.counters.count("deferred", rows.length);
    for (const [requestId, { length: emissions }] of this.byRequest(rows)) {
      this.log.warn({ requestId, emissions }, "broker does not answer: emissions left in the outbox");
    }
  }

  unreadable(error: unknown): void {
    this.log.warn(describeFailure(error), "emissions left in the outbox");
  }

  private byRequest(rows: readonly OutboxRow[]): Map<string | undefined, string[]> {
    const groups = new Map<string | undefined, string[]>();
    for (const { id, event } of rows) {
      const requestId = this.requests.get(id);
      groups.set(requestId, [...(groups.get(requestId) ?? []), event]);
    }
    return groups;
  }

  private forget(rows: readonly OutboxRow[]): void {
    for (const { id } of rows) this.requests.delete(id);
  }
}
