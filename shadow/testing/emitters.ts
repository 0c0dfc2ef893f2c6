import Pusher from "pusher";
import type { RealtimeApp } from "../emissions/pusher-signature.ts";

export const LEGACY_APP: RealtimeApp = { id: "1001", key: "legacy-key", secret: "legacy-secret" };
export const NEST_APP: RealtimeApp = { id: "1002", key: "nest-key", secret: "nest-secret" };
export const REAL_APP: RealtimeApp = { id: "77", key: "real-key", secret: "real-secret" };

/** The official client of one system. */
export function createEmitter({ id, key, secret }: RealtimeApp, port: number, timeoutMs = 5_000): Pusher {
  return new Pusher({ appId: id, key, secret, host: "127.0.0.1", port: String(port), useTLS: false, timeout: timeoutMs });
}
