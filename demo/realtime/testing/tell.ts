import { setTimeout as sleep } from "node:timers/promises";
import type Pusher from "pusher";
import type { Random } from "../../seed/random.ts";
import type { Burst, Fact } from "./facts.ts";
import type { Gate } from "./gate.ts";

/** One emitter: a system behind the tap, or one that talks straight to the broker. */
export type Teller = {
  readonly client: Pusher;
  readonly gate: Gate;
  /** How it is told apart from the other by what it may say differently, the time of emission: `legacy` stamps even, `nest` odd. */
  readonly parity: 0 | 1;
  readonly random: Random;
  readonly tally: Tally;
};

/** What was taken, one for each channel, and how many calls were not. */
export type Tally = { taken: number; failed: number };

const MAX_BATCH = 10;
const RETRY_AFTER_MS = 50;
const MAX_RETRY_MS = 60_000;

/** Tells a burst in its order, now and then several at once, each until it is taken; as an emitter does that may lose nothing. */
export async function tell(burst: Burst, teller: Teller): Promise<void> {
  for (let next = 0; next < burst.length;) {
    const batch = teller.random.chance(0.5) ? toBatch(burst.slice(next), teller.random.int(2, MAX_BATCH)) : [];
    if (batch.length > 1) await untilTaken(batch, teller);
    else await untilTaken(burst.slice(next, next + 1), teller);
    next += Math.max(1, batch.length);
  }
}

/** A batch has one channel an event. */
function toBatch(facts: readonly Fact[], atMost: number): readonly Fact[] {
  const end = facts.findIndex(({ channels }) => channels.length > 1);
  return facts.slice(0, Math.min(atMost, end === -1 ? facts.length : end));
}

async function untilTaken(facts: readonly Fact[], { client, gate, parity, tally }: Teller): Promise<void> {
  const deadlineMs = Date.now() + MAX_RETRY_MS;
  for (;;) {
    const timestamp = Math.floor(Date.now() / 2) * 2 + parity;
    const events = facts.map(({ event, channels, data }) => ({ name: event, channels, data: { ...data, timestamp } }));
    const isTaken = await gate.pass(async () => {
      try {
        await trigger(client, events);
        tally.taken += events.reduce((sum, { channels }) => sum + channels.length, 0);
        return true;
      } catch (error) {
        if (isFinal(error) || Date.now() > deadlineMs) throw error;
        tally.failed += 1;
        return false;
      }
    });
    if (isTaken) return;
    await sleep(RETRY_AFTER_MS);
  }
}

type Event = { readonly name: string; readonly channels: readonly string[]; readonly data: object };

async function trigger(client: Pusher, events: readonly Event[]): Promise<void> {
  const [first] = events;
  if (first !== undefined && events.length === 1) await client.trigger([...first.channels], first.name, first.data);
  else await client.triggerBatch(events.map(({ name, channels: [channel = ""], data }) => ({ channel, name, data })));
}

/** Refused for what it is: trying again changes nothing. */
function isFinal(error: unknown): boolean {
  const { status } = error as { readonly status?: number };
  return status !== undefined && status < 500;
}
