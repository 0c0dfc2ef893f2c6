import { Inject, Injectable } from "@nestjs/common";
import type { Logger } from "../../lib/log.ts";
import { LOG } from "../runtime/tokens.ts";
import { Broadcaster } from "./broadcaster.ts";
import { EmissionCounters } from "./emission-counters.ts";
import { describeFailure } from "./failure.ts";
import { OutboxRepository, type OutboxRow } from "./outbox.repository.ts";

/** Broadcasts what the outbox holds for one channel, in the order of the rows. */
@Injectable()
export class ChannelPublisher {
  constructor(
    @Inject(LOG) private readonly log: Logger,
    private readonly broadcaster: Broadcaster,
    private readonly outbox: OutboxRepository,
    private readonly counters: EmissionCounters,
  ) {}

  get isConfigured(): boolean {
    return this.broadcaster.isConfigured;
  }

  /** Until the channel has no row left, or the broker does not answer: then the rest stays for the drain. Never throws. */
  async publish(channel: string, requestId: string | undefined, signal: AbortSignal): Promise<void> {
    try {
      let isMore = true;
      while (isMore && !signal.aborted) {
        await this.outbox.take(channel, async (rows) => {
          const done = await this.send(channel, rows);
          isMore = rows.length > 0 && done === rows.length;
          this.tell(rows, done, requestId);
          return done;
        });
      }
    } catch (error) {
      this.log.warn({ requestId, ...describeFailure(error) }, "emissions left in the outbox");
    }
  }

  /** How many rows, from the first on, are done with. A batch that is refused is sent one by one, to find the one that is. */
  private async send(channel: string, rows: readonly OutboxRow[]): Promise<number> {
    const outcome = rows.length === 0 ? "taken" : await this.broadcaster.send(channel, rows);
    if (outcome === "unreachable") return 0;
    if (outcome === "taken") {
      this.counters.count("broadcast", rows.length);
      return rows.length;
    }
    if (rows.length === 1) {
      this.counters.count("refused");
      this.log.error({ event: rows[0]?.event }, "broker refuses an emission: dropped");
      return 1;
    }
    let done = 0;
    for (const row of rows) {
      if ((await this.send(channel, [row])) === 0) return done;
      done += 1;
    }
    return done;
  }

  private tell(rows: readonly OutboxRow[], done: number, requestId: string | undefined): void {
    if (done > 0) this.log.debug({ requestId, events: rows.slice(0, done).map(({ event }) => event) }, "emissions broadcast");
    if (done === rows.length) return;
    this.counters.count("deferred", rows.length - done);
    this.log.warn({ requestId, emissions: rows.length - done }, "broker does not answer: emissions left in the outbox");
  }
}
