import { AppError } from "../../lib/errors.ts";
import type { AuditHead } from "../core/cutover/audit-chain.ts";
import type { FamilyState } from "../core/cutover/family-state.ts";
import type { Change } from "../core/cutover/plan-flip.ts";
import { appendAudit, type Seal } from "./audit.ts";
import type { StoreClient } from "./store.ts";

/** Told on every change; listeners read the rows themselves. */
export const CUTOVER_CHANNEL = "parallax_cutover";

export type Flip = {
  readonly changes: readonly Change[];
  readonly by: string;
  readonly reason: string;
  readonly isOverride: boolean;
  /** The gate's verdict per family and what else was known; kept in the audit trail. */
  readonly evidence: unknown;
  readonly seal: Seal;
};

/** Any number: one change of the audit trail at a time, over all replicas. */
export const CUTOVER_LOCK = 7_015_001;

/**
 * Moves the switches, writes the audit trail and tells every replica, in one transaction. Throws `CUTOVER_CONFLICT` when
 * somebody else moved one of them since the change was planned.
 */
export async function commitFlip(
  store: StoreClient,
  { changes, by, reason, isOverride, evidence, seal }: Flip,
): Promise<{ readonly states: readonly FamilyState[]; readonly head: AuditHead }> {
  return store.$transaction(async (transaction) => {
    await transaction.$executeRaw`select pg_advisory_xact_lock(${CUTOVER_LOCK})`;
    const at = new Date();
    const states: FamilyState[] = [];
    for (const { family, from, to } of changes) {
      const version = from.version + 1;
      const { count } = await transaction.family.updateMany({
        where: { family, version: from.version },
        data: { stage: to.stage, percent: to.percent, version, since: at, by, reason },
      });
      if (count === 0) throw new AppError("CUTOVER_CONFLICT", `${family} was changed by somebody else a moment ago; look again before you decide`);
      states.push({ family, stage: to.stage, percent: to.percent, version });
    }
    const drafts = changes.map(({ family, from, to }) => ({
      at: at.toISOString(),
      family,
      version: from.version + 1,
      from: { stage: from.stage, percent: from.percent },
      to,
      by,
      reason,
      isOverride,
      evidence,
    }));
    const head = await appendAudit(transaction, drafts, seal);
    await transaction.$executeRaw`select pg_notify(${CUTOVER_CHANNEL}, '')`;
    return { states, head };
  });
}
