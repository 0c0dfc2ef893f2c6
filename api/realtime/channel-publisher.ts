import { Injectable } from "@nestjs/common";
import { Broadcaster } from "./broadcaster.ts";
import { EmissionJournal } from "./emission-journal.ts";
import { OutboxRepository, type OutboxRow } from "./outbox.repository.ts";

/** Broadcasts what the outbox holds for one channel, in the order of the rows. */
@Injectable()
export class ChannelPublisher {
  constructor(
    private readonly broadcaster: Broadcaster,
    private readonly outbox: OutboxRepository,
    private readonly journal: EmissionJournal,
  ) {}

  get isConfigured(): boolean {
    return this.broadcaster.isConfigured;
  }

  /** Until the channel has no row left, or the broker does not answer: then the rest stays for the drain. Never throws. */
  async publish(channel: string, signal: AbortSignal): Promise<void> {
    try {
      let isMore = true;
      while (isMore && !signal.aborted) {
        await this.outbox.take(channel, async (rows) => {
          const done = await this.send(channel, rows);
          isMore = rows.length > 0 && done === rows.length;
          if (done < rows.length) this.journal.deferred(rows.slice(done));
          return done;
        });
      }
    } catch (error) {
      this.journal.unreadable(error);
    }
  }

  /** How many rows, from the first on, are done with. A batch that is refused is sent one by one, to find the one that is. */
  private async send(channel: string, rows: readonly OutboxRow[]): Promise<number> {
    const [first, ...others] = rows;
    if (first === undefined) return 0;
    const outcome = await this.broadcaster.send(channel, rows);
    if (outcome === "unreachable") return 0;
    if (outcome === "taken") {
      this.journal.broadcast(rows);
      return rows.length;
    }
    if (others.length === 0) {
      this.journal.refused(first);
      return 1;
    }
    let done = 0;
    for (const row of rows) {
      if ((await this.send(channel, [row])) === 0) return done;
      done += 1;
    }
    return done;
  }
}
