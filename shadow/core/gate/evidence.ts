import type { Stage } from "../types.ts";

/** What is known of one family when somebody asks whether it may flip. Everything since its stage began, unless said otherwise. */
export type GateEvidence = {
  readonly family: string;
  readonly stage: Stage;
  readonly nowMs: number;
  /** Distinct (request, answer) pairs compared, and those among them that show a drift nobody accepted. */
  readonly distinct: { readonly trials: number; readonly events: number; readonly perMinute: number };
  readonly openDrifts: readonly { readonly endpoint: string; readonly path: string; readonly kind: string; readonly count: number }[];
  /** Calls without an HTTP answer, of those made to each system. */
  readonly calls: { readonly legacy: Failures; readonly nest: Failures };
  /** The 95th percentile of each system over the last hour, with the ends of its confidence interval. */
  readonly p95: { readonly legacy: QuantileInterval | undefined; readonly nest: QuantileInterval | undefined };
  /** undefined while no emission, or no send, of the family was observed. */
  readonly emissions: { readonly trials: number; readonly events: number } | undefined;
  readonly sends: { readonly trials: number; readonly events: number } | undefined;
  /** 0 to 100 */
  readonly assertedPercent: number;
  /** Reads meant for comparison, and those among them that were not judged. */
  readonly loss: { readonly offered: number; readonly lost: number };
  readonly lastComparedMs: number | undefined;
  /** What production showed and the comparison never saw. */
  readonly missing: readonly { readonly endpoint: string; readonly dimension: string; readonly value: string; readonly count: number }[];
  /** How many different statuses, query keys, roles, tenants and shapes were compared. */
  readonly covered: number;
};

export type Failures = { readonly calls: number; readonly failed: number };
/** Milliseconds. */
export type QuantileInterval = { readonly value: number; readonly low: number; readonly high: number; readonly count: number };

/** What a family has to show; from the `gate` section of the configuration. Shares are 0 to 1. */
export type GateLimits = {
  readonly maxDriftRate: number;
  readonly confidence: number;
  readonly maxErrorDelta: number;
  readonly maxP95Ratio: number;
  readonly maxEmissionDriftRate: number;
  readonly maxLoss: number;
  readonly freshnessMinutes: number;
  readonly minAssertedPercent: number;
};
