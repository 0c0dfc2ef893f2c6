import { env } from "../env.ts";

/** `GET realtime/config`: where a browser finds the broker. Never the secret. */
export function readClientConfig(): unknown {
  const { realtime } = env();
  if (realtime === undefined) return { success: false, hasConfig: false, message: "Realtime not configured", config: null };
  const { key, host, port, useTls, appId } = realtime.client;
  return { success: true, config: { key, host, port, useTLS: useTls, appId, cluster: realtime.cluster } };
}
