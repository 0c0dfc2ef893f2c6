import { applyRetention, type Deleted, type RetentionLimits } from "./retention.ts";
import type { StoreClient } from "./store.ts";

const EVERY_MS = 5 * 60_000;

export type RetentionJob = {
  readonly store: StoreClient;
  readonly limits: RetentionLimits;
  readonly onDeleted: (deleted: Deleted) => void;
  readonly onError: (error: unknown) => void;
};

/** Applies the retention every so often, for as long as the process lives or until it is told to stop. */
export function startRetention({ store, limits, onDeleted, onError }: RetentionJob): () => void {
  const run = (): void =>
    void applyRetention(store, limits).then((deleted) => {
      if (deleted !== undefined) onDeleted(deleted);
    }, onError);
  const timer = setInterval(run, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
