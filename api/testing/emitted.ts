import type { RealtimeEnv } from "../realtime/realtime-env.ts";
import type { Database } from "../runtime/tokens.ts";

const NOBODY = { host: "127.0.0.1", port: 9, useTLS: false, appId: "test-app", key: "test-key", secret: "test-secret-of-the-broker" };

/** A broker that nobody runs: what is emitted stays in the outbox, in the order it was recorded. */
export const UNREACHABLE_BROKER: RealtimeEnv = { emitter: NOBODY, client: NOBODY, cluster: "mt1" };

export type Emitted = { readonly channel: string; readonly event: string; readonly data: Record<string, unknown> };

/** What the work emitted, in order. Nothing else may emit meanwhile. */
export async function emittedBy(database: Database, work: () => Promise<unknown>): Promise<Emitted[]> {
  const last = await database.realtimeOutbox.aggregate({ _max: { id: true } });
  await work();
  const rows = await database.realtimeOutbox.findMany({ where: { id: { gt: last._max.id ?? 0n } }, orderBy: { id: "asc" } });
  return rows.map(({ channel, event, data }) => ({ channel, event, data: data as Record<string, unknown> }));
}
