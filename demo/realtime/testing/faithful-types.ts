import type { EmissionReport } from "../../../shadow/core/summary/report.ts";
import type { Comparison } from "./audience.ts";

export type EmissionLedger = EmissionReport["ledger"];

/** `listener`: one subscriber leaves and comes back under traffic. The others concern everybody. */
export type Disturbance = "listener" | "tap restart" | "broker restart" | "network drop";

export type FaithfulRunOptions = {
  readonly mode: "dual-writer" | "single-writer";
  readonly facts: number;
  readonly lanes: number;
  readonly seed: number;
  readonly storeUrl: string;
  readonly windowMs: number;
  /** Subscribers try again at once when the broker is back, not when they would. */
  readonly isHurried: boolean;
  /** In the first half, where legacy owns everything, and in the second, where nest does; evenly over each. */
  readonly disturbances: readonly [readonly Disturbance[], readonly Disturbance[]];
};

export type FaithfulResult = {
  /** Facts told, one for each channel. */
  readonly told: number;
  readonly throughTap: Comparison;
  readonly direct: Comparison;
  /** Of the one that came and went. */
  readonly restless: Comparison;
  /** Who told what subscribers heard through the tap. */
  readonly heardFrom: { readonly legacy: number; readonly nest: number };
  /** Calls that were refused or cut off, and made again. */
  readonly failedCalls: { readonly legacy: number; readonly nest: number; readonly direct: number };
  readonly ledger: EmissionLedger;
  readonly drifts: readonly string[];
};
