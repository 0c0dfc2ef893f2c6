import type { AuthReply, RealtimeConfig } from "@ipnuo/domain/realtime";
import type Pusher from "pusher-js";
import type { Channel } from "pusher-js";
import { keyOf, type LiveEvent } from "./live-event.ts";
import { RecentKeys } from "./recent-keys.ts";
import { createChannelSigner } from "./sign-channel.ts";

/** Of all channels together: much longer than an emitter goes on trying. */
const MAX_KEYS = 2_000;
const RETRY_MS = 5_000;

export type LiveListener = {
  readonly onEvent: (event: LiveEvent) => void;
  /** The channel is open, for the first time or again: what happened before was not heard. */
  readonly onReady: () => void;
  readonly onLost: () => void;
};

export type LiveConnection = {
  /** Listens until the returned function is called. Any number of listeners share a channel. */
  readonly listen: (channel: string, listener: LiveListener) => () => void;
  readonly close: () => void;
};

export type LiveConnectionOptions = {
  readonly config: NonNullable<RealtimeConfig["config"]>;
  readonly authorize: (socketId: string, channel: string) => Promise<AuthReply>;
  /** True while every channel that somebody listens to is open. */
  readonly onLive: (isLive: boolean) => void;
};

/** Connects to the broker and stays connected: after a loss the library comes back by itself and subscribes again. */
export async function openLiveConnection({ config, authorize, onLive }: LiveConnectionOptions): Promise<LiveConnection> {
  // Browsers alone need it; it must not be loaded where pages are rendered.
  const { default: PusherClient } = await import("pusher-js");
  const signer = createChannelSigner(authorize);
  const client: Pusher = new PusherClient(config.key, {
    cluster: config.cluster,
    wsHost: config.host,
    wsPort: config.port,
    wssPort: config.port,
    forceTLS: config.useTLS,
    // One alone: the library would try the other kind on the same port whenever the broker is away.
    enabledTransports: [config.useTLS ? "wss" : "ws"],
    disableStats: true,
    // No endpoint: the handler asks, through the API's own client.
    channelAuthorization: { transport: "ajax", endpoint: "", customHandler: signer.handler },
  });
  const keys = new RecentKeys(MAX_KEYS);
  const listeners = new Map<string, Set<LiveListener>>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const tell = (name: string, call: (listener: LiveListener) => void): void => listeners.get(name)?.forEach(call);

  client.connection.bind("state_change", ({ previous, current }: { previous: string; current: string }) => {
    if (current === previous || previous !== "connected") return;
    onLive(false);
    for (const name of listeners.keys()) tell(name, ({ onLost }) => onLost());
  });

  const tellState = (): void => onLive(listeners.size > 0 && [...listeners.keys()].every((name) => client.channel(name)?.subscribed));

  const open = (name: string): Channel => {
    const channel = client.subscribe(name);
    channel.bind("pusher:subscription_succeeded", () => {
      tell(name, ({ onReady }) => onReady());
      tellState();
    });
    channel.bind("pusher:subscription_error", () => {
      if (signer.isForbidden(name)) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        if (listeners.has(name)) client.subscribe(name);
      }, RETRY_MS);
      timers.add(timer);
    });
    channel.bind_global((event: string, data: LiveEvent["data"]) => {
      if (event.startsWith("pusher") || !keys.isNew(keyOf({ channel: name, event, data }))) return;
      tell(name, ({ onEvent }) => onEvent({ channel: name, event, data }));
    });
    return channel;
  };

  const leaveIfSilent = (name: string): void => {
    if (listeners.get(name)?.size !== 0) return;
    listeners.delete(name);
    client.channel(name)?.unbind_all();
    client.unsubscribe(name);
    tellState();
  };

  return {
    listen: (name, listener) => {
      const others = listeners.get(name);
      listeners.set(name, (others ?? new Set()).add(listener));
      const channel = others === undefined ? open(name) : client.channel(name);
      if (channel?.subscribed) listener.onReady();
      tellState();
      return () => {
        listeners.get(name)?.delete(listener);
        // What is redrawn listens again at once: only what is still silent then is left.
        setTimeout(() => leaveIfSilent(name), 0);
      };
    },
    close: () => {
      for (const timer of timers) clearTimeout(timer);
      listeners.clear();
      client.disconnect();
    },
  };
}
