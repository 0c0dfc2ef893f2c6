import Pusher from "pusher";
import { env } from "../env.ts";
import type { Broker } from "../env-realtime.ts";
import { describeError, log } from "../log.ts";
import { Broadcaster } from "./broadcaster.ts";
import type { Emission } from "./emission.ts";

/** Long, because a try that was cut off may have arrived all the same. */
const TRIGGER_TIMEOUT_MS = 1_500;

// Route handlers are bundled apart: on globalThis they still keep one order.
const shared = globalThis as typeof globalThis & { legacyBroadcaster?: Broadcaster };

export const isRealtimeConfigured = (): boolean => env().realtime !== undefined;

/** Broadcasts facts that are committed, in the background and in this order. Never throws, never waits. */
export function emit(emissions: readonly Emission[], requestId: string): void {
  for (const emission of emissions) broadcaster().offer(emission, requestId);
}

/** Resolves when everything emitted so far has arrived or was given up. */
export const settleEmissions = (): Promise<void> => broadcaster().settled();

function broadcaster(): Broadcaster {
  shared.legacyBroadcaster ??= new Broadcaster({
    trigger: createTrigger(env().realtime?.emitter),
    now: Date.now,
    trace: ({ outcome, error, ...fields }) => {
      const line = { outcome, ...fields, ...(error === undefined ? {} : describeError(error)) };
      if (outcome === "sent") log().debug(line, "an emission was broadcast");
      else if (outcome === "skipped") log().debug(line, "an emission was skipped: realtime is not configured");
      else log().warn(line, "an emission was lost");
    },
  });
  return shared.legacyBroadcaster;
}

function createTrigger(broker: Broker | undefined): ((emission: Emission, data: string) => Promise<unknown>) | undefined {
  if (broker === undefined) return undefined;
  const { appId, key, secret, host, port, useTls } = broker;
  const pusher = new Pusher({ appId, key, secret, host, port: String(port), useTLS: useTls, timeout: TRIGGER_TIMEOUT_MS });
  return ({ channel, event }, data) => pusher.trigger(channel, event, data);
}
