import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from "@nestjs/common";
import type { Logger } from "../../lib/log.ts";
import { LOG } from "../runtime/tokens.ts";
import { ChannelPublisher } from "./channel-publisher.ts";
import { EmissionCounters } from "./emission-counters.ts";
import { describeFailure } from "./failure.ts";
import { OutboxRepository } from "./outbox.repository.ts";

/** Channels broadcast at a time; each holds a database connection. */
const MAX_ACTIVE = 4;
/** Channels that wait to be broadcast; what is beyond waits in the outbox for the drain. */
const MAX_WAITING = 10_000;
const DRAIN_EVERY_MS = 5_000;

/**
 * Broadcasts the outbox in the background: right after a commit, and every five seconds whatever was left by a broker that
 * did not answer or a process that died. Never fails a request, never delays one.
 */
@Injectable()
export class Publisher implements OnApplicationBootstrap, OnApplicationShutdown {
  /** Channels in the order they were woken. */
  private readonly waiting = new Set<string>();
  private readonly active = new Map<string, Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private draining: Promise<void> | undefined;
  private readonly stop = new AbortController();

  constructor(
    @Inject(LOG) private readonly log: Logger,
    private readonly channels: ChannelPublisher,
    private readonly outbox: OutboxRepository,
    private readonly counters: EmissionCounters,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.channels.isConfigured) return;
    const drain = (): void => {
      this.draining ??= this.drain().finally(() => (this.draining = undefined));
    };
    this.timer = setInterval(drain, DRAIN_EVERY_MS);
    this.timer.unref();
    drain();
  }

  /** What is being broadcast is finished; the rest stays in the outbox for the next process. */
  async onApplicationShutdown(): Promise<void> {
    this.stop.abort();
    clearInterval(this.timer);
    this.waiting.clear();
    await this.draining;
    await Promise.all(this.active.values());
  }

  /** The channels have new rows. Returns at once. */
  wake(channels: readonly string[]): void {
    for (const channel of channels) if (this.waiting.size < MAX_WAITING) this.waiting.add(channel);
    this.fill();
  }

  private async drain(): Promise<void> {
    try {
      this.counters.count("expired", await this.outbox.removeExpired());
      this.wake(await this.outbox.channels());
    } catch (error) {
      this.log.warn(describeFailure(error), "outbox of emissions not readable");
    }
  }

  /** Starts what may be started. A channel that is active waits for its turn: rows may have come after its last look. */
  private fill(): void {
    for (const channel of this.waiting) {
      if (this.stop.signal.aborted || this.active.size >= MAX_ACTIVE) return;
      if (this.active.has(channel)) continue;
      this.waiting.delete(channel);
      const work = this.channels.publish(channel, this.stop.signal).finally(() => {
        this.active.delete(channel);
        this.fill();
      });
      this.active.set(channel, work);
    }
  }
}
