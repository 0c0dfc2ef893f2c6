import type { StoreClient } from "./store.ts";

/** A run whose heart has not beaten for so long is gone; what it had accepted and not decided was shed with it. */
export const RUN_GONE_AFTER_S = 30;

/** Says that this process of the proxy lives. Clocks are the database's. */
export async function beatRun(store: StoreClient, run: string): Promise<void> {
  await store.$executeRaw`insert into parallax.runs (id) values (${run}) on conflict (id) do update set "heartbeatAt" = now()`;
}

/** Says that it ended in good order. */
export async function endRun(store: StoreClient, run: string): Promise<void> {
  await store.$executeRaw`update parallax.runs set "endedAt" = now(), "heartbeatAt" = now() where id = ${run}`;
}
