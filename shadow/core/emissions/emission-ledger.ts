import type { EmissionReport } from "../summary/report.ts";
import { EMISSION_OUTCOMES, type Settled } from "./emission.ts";

/** What becomes of a captured emission in the end. */
export type EmissionEnd = Settled["outcome"];

const ENDS: readonly EmissionEnd[] = [...EMISSION_OUTCOMES, "shed"];

/** Counters of one event as the store sums them, of one process of the proxy. */
export type EmissionTotals = {
  readonly event: string;
  readonly captured: number;
  readonly outcomes: Readonly<Record<EmissionEnd, number>>;
  readonly isRunLive: boolean;
};

/** One ledger per event: what a live process has captured and not decided is pending, what one that is gone left behind was shed. */
export function buildEmissionLedgers(totals: readonly EmissionTotals[]): EmissionReport[] {
  const ledgers = new Map<string, Record<keyof EmissionReport["ledger"], number>>();
  for (const { event, captured, outcomes, isRunLive } of totals) {
    const ledger = ledgers.get(event) ?? emptyLedger();
    ledgers.set(event, ledger);
    let decided = 0;
    for (const end of ENDS) {
      ledger[end] += outcomes[end];
      decided += outcomes[end];
    }
    ledger[isRunLive ? "pending" : "shed"] += Math.max(0, captured - decided);
  }
  return [...ledgers].map(([event, ledger]) => ({ event, ledger: { ...ledger, captured: sumOf(ledger) } }));
}

function emptyLedger(): Record<keyof EmissionReport["ledger"], number> {
  return { captured: 0, matched: 0, drift: 0, missing: 0, extra: 0, duplicate: 0, raced: 0, notDerivable: 0, shed: 0, pending: 0 };
}

function sumOf(ledger: Record<keyof EmissionReport["ledger"], number>): number {
  return ENDS.reduce((sum, end) => sum + ledger[end], ledger.pending);
}
