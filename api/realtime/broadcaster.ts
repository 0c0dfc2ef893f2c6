import { Inject, Injectable } from "@nestjs/common";
import Pusher from "pusher";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiEnv } from "../env.ts";
import { ENV, TIMING, type Timing } from "../runtime/tokens.ts";
import { EmissionCounters } from "./emission-counters.ts";
import type { OutboxRow } from "./outbox.repository.ts";
import { toPayload } from "./payload.ts";

/** taken · refused: never to be taken, as it is · unreachable: another time, perhaps. */
export type BroadcastOutcome = "taken" | "refused" | "unreachable";

const MAX_TRIES = 3;
const MAX_TOTAL_MS = 2_000;
const TRY_TIMEOUT_MS = 900;
const PAUSE_MS = 100;
/** What the broker says of the event itself; every other status is about us, or about the broker. */
const REFUSED = new Set([400, 413]);

/** The official client of the Pusher protocol, with patience and its end. */
@Injectable()
export class Broadcaster {
  private readonly pusher: Pusher | undefined;

  constructor(
    @Inject(ENV) env: ApiEnv,
    @Inject(TIMING) private readonly timing: Timing,
    private readonly counters: EmissionCounters,
  ) {
    this.pusher = env.realtime === undefined ? undefined : createPusher(env.realtime.emitter);
  }

  /** True when there is a broker. */
  get isConfigured(): boolean {
    return this.pusher !== undefined;
  }

  /** At most ten events of one channel in one call, at most 3 tries in 2 s. Never throws. */
  async send(channel: string, rows: readonly OutboxRow[]): Promise<BroadcastOutcome> {
    const startedAt = performance.now();
    const nowMs = this.timing.nowMs();
    const events = rows.map(({ event, data }) => ({ channel, name: event, data: JSON.stringify(toPayload(event, data, nowMs)) }));
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.tryOnce(events);
      const isLate = performance.now() - startedAt + PAUSE_MS + TRY_TIMEOUT_MS > MAX_TOTAL_MS;
      if (outcome !== "unreachable" || attempt === MAX_TRIES || isLate) return outcome;
      this.counters.count("retried");
      await sleep(PAUSE_MS);
    }
  }

  private async tryOnce(events: readonly Pusher.BatchEvent[]): Promise<BroadcastOutcome> {
    const [first] = events;
    if (first === undefined) return "taken";
    if (this.pusher === undefined) return "unreachable";
    try {
      await (events.length === 1 ? this.pusher.trigger(first.channel, first.name, first.data) : this.pusher.triggerBatch([...events]));
      return "taken";
    } catch (error) {
      // The error's own text holds the signed URL: it is not looked at.
      const { status } = error as { readonly status?: unknown };
      return typeof status === "number" && REFUSED.has(status) ? "refused" : "unreachable";
    }
  }
}

function createPusher({ appId, key, secret, host, port, useTLS }: NonNullable<ApiEnv["realtime"]>["emitter"]): Pusher {
  return new Pusher({ appId, key, secret, host, port: String(port), useTLS, timeout: TRY_TIMEOUT_MS });
}
