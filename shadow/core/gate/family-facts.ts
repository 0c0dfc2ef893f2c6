import type { LedgerTotals } from "../summary/build-ledger.ts";
import type { DriftReport } from "../summary/report.ts";
import type { FamilyState } from "../cutover/family-state.ts";
import type { QuantileInterval } from "./evidence.ts";

/** What the store holds about one family since its stage began; the gate's evidence is collected from it. */
export type FamilyFacts = {
  readonly state: FamilyState & { readonly since: Date; readonly by: string; readonly reason: string };
  /** distinct pairs; `recent` of them were first seen since `recentSinceMs` */
  readonly distinct: { readonly trials: number; readonly events: number; readonly recent: number };
  readonly recentSinceMs: number;
  /** distinct facts whose emissions were compared, and those among them that show a drift nobody accepted */
  readonly emissions?: { readonly trials: number; readonly events: number };
  /** distinct sends whose dry run was compared */
  readonly sends?: { readonly trials: number; readonly events: number };
  readonly totals: readonly LedgerTotals[];
  readonly assertedFields: number;
  readonly comparedFields: number;
  readonly p95: { readonly legacy: QuantileInterval | undefined; readonly nest: QuantileInterval | undefined };
  readonly coverage: readonly CoverageFact[];
  readonly openDrifts: readonly Pick<DriftReport, "endpoint" | "path" | "kind" | "count">[];
};

/** `last` is the minute in which it was last seen. */
export type CoverageFact = {
  readonly endpoint: string;
  readonly dimension: string;
  readonly value: string;
  readonly count: number;
  readonly last: Date;
};
