import { OUTCOMES, type Outcome } from "../types.ts";
import type { Ledger } from "./report.ts";

/** Counters of one endpoint as the store sums them: by live processes of the proxy, and by ones that are gone. */
export type LedgerTotals = { readonly eligible: number; readonly outcomes: Readonly<Partial<Record<Outcome, number>>>; readonly isRunLive: boolean };

/**
 * One ledger from several runs. What a live run accepted and has not decided is pending; what a run that is gone left
 * undecided was shed with it. `eligible` is the sum of the rest by construction: counters of two writers may be written
 * a moment apart.
 */
export function buildLedger(totals: readonly LedgerTotals[]): Ledger {
  const ledger = Object.fromEntries([...OUTCOMES, "pending", "eligible"].map((name) => [name, 0])) as Record<keyof Ledger, number>;
  for (const { eligible, outcomes, isRunLive } of totals) {
    let decided = 0;
    for (const outcome of OUTCOMES) {
      const count = outcomes[outcome] ?? 0;
      ledger[outcome] += count;
      decided += count;
    }
    ledger[isRunLive ? "pending" : "shed"] += Math.max(0, eligible - decided);
  }
  ledger.eligible = OUTCOMES.reduce((sum, outcome) => sum + ledger[outcome], ledger.pending);
  return ledger;
}

/** drift / (matched + equivalent + drift + noise): what was really judged. */
export function judgedOf(ledger: Ledger): { readonly drifts: number; readonly judged: number } {
  return { drifts: ledger.drift, judged: ledger.matched + ledger.equivalent + ledger.drift + ledger.noise };
}
