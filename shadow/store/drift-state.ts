import type { DriftState } from "../core/summary/report.ts";
import type { StoreClient } from "./store.ts";

export type StateChange = {
  readonly state: Exclude<DriftState, "regressed">;
  readonly reason: string;
  readonly by: string;
  readonly until: Date | undefined;
};

/** What a person says of a drift. False when there is no such drift. */
export async function setDriftState(store: StoreClient, fingerprint: string, { state, reason, by, until }: StateChange): Promise<boolean> {
  const { count } = await store.drift.updateMany({
    where: { fingerprint },
    data: { state, stateBy: by, stateReason: reason, stateAt: new Date(), acceptedUntil: state === "accepted" ? (until ?? null) : null },
  });
  return count > 0;
}
