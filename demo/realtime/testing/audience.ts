import { waitUntil } from "../../../lib/processes.ts";
import type { AppCredentials } from "../app-credentials.ts";
import type { Fact } from "./facts.ts";
import { subscriber, type Heard, type Subscriber } from "./subscriber.ts";

/** What a subscriber heard against what was told, over all channels. */
export type Comparison = {
  readonly heard: number;
  /** Told, and not heard. */
  readonly lost: number;
  /** Heard, and not told, or not that often, or not in that place. */
  readonly unexpected: number;
  /** Times that something is missing between two that are there. */
  readonly gaps: number;
  readonly firstUnexpected: string | undefined;
};

/** An official client in all channels. */
export type Listener = { readonly subscriber: Subscriber; readonly channels: readonly string[] };

const BACK_TIMEOUT_MS = 30_000;
const POLL_MS = 5;

export async function listen(port: number, app: AppCredentials, channels: readonly string[]): Promise<Listener> {
  const made = await subscriber({ port, app });
  await Promise.all(channels.map((channel) => made.join(channel)));
  return { subscriber: made, channels };
}

/** Remembers the connections there are; the result resolves when all have new ones and are in all their channels. */
export function watchReturn(listeners: readonly Listener[]): () => Promise<void> {
  const before = listeners.map(({ subscriber: { socketId } }) => socketId());
  return async () => {
    const isBack = ({ subscriber: { client, socketId }, channels }: Listener, index: number): boolean =>
      socketId() !== before[index] && channels.every((channel) => client.channel(channel).subscribed);
    if (!(await waitUntil(() => listeners.every(isBack), BACK_TIMEOUT_MS, POLL_MS))) throw new Error("a subscriber did not come back");
  };
}

/** Goes away without a word to anybody and comes back. */
export async function comeAgain(listener: Listener): Promise<void> {
  const isBack = watchReturn([listener]);
  listener.subscriber.client.disconnect();
  listener.subscriber.client.connect();
  await isBack();
}

/** Channel by channel, each in its order; the time of emission aside. */
export function compareHeard(heard: readonly Heard[], told: readonly Fact[]): Comparison {
  const byChannel = groupByChannel(heard.map(({ channel, event, data }) => ({ channel, text: textOf(event, data as Fact["data"]) })));
  const toldByChannel = groupByChannel(
    told.flatMap(({ event, channels, data }) => channels.map((channel) => ({ channel, text: textOf(event, data) }))),
  );
  const result = { heard: heard.length, lost: 0, unexpected: 0, gaps: 0, firstUnexpected: undefined as string | undefined };
  for (const channel of new Set([...byChannel.keys(), ...toldByChannel.keys()])) {
    const expected = toldByChannel.get(channel) ?? [];
    let next = 0;
    for (const text of byChannel.get(channel) ?? []) {
      const at = expected.indexOf(text, next);
      if (at === -1) {
        result.unexpected += 1;
        result.firstUnexpected ??= `${channel}: ${text}`;
        continue;
      }
      result.lost += at - next;
      if (at > next) result.gaps += 1;
      next = at + 1;
    }
    result.lost += expected.length - next;
    if (expected.length > next) result.gaps += 1;
  }
  return result;
}

function groupByChannel(items: readonly { readonly channel: string; readonly text: string }[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const { channel, text } of items) {
    const group = groups.get(channel);
    if (group === undefined) groups.set(channel, [text]);
    else group.push(text);
  }
  return groups;
}

function textOf(event: string, { timestamp: _time, ...members }: Fact["data"]): string {
  return `${event} ${JSON.stringify(members)}`;
}
