import type { DriftKind, Outcome, Stage } from "../types.ts";

/** The report object (interfaces: `parallax.report/v1`). Latencies are milliseconds, shares 0 to 1, percentages 0 to 100. */
export type Report = {
  readonly schema: "parallax.report/v1";
  readonly generatedAt: string;
  readonly since: string;
  readonly endpoints: readonly EndpointReport[];
  readonly emissions: readonly EmissionReport[];
  readonly sends: SendsReport;
  readonly drifts: readonly DriftReport[];
  /** How the detector did when it was last tested; null where nobody serves, or it was not yet. */
  readonly selfTest: SelfTestReport | null;
};

/** Known pairs that went through the stage that judges real ones: those it judged rightly, and what it said of the others. */
export type SelfTestReport = { readonly caught: number; readonly of: number; readonly at: string; readonly missed: readonly string[] };

/** `eligible` is the sum of all the others. */
export type Ledger = Readonly<Record<Outcome | "eligible" | "pending", number>>;

export type EndpointReport = {
  readonly id: string;
  readonly family: string;
  readonly stage: Stage;
  readonly match: string;
  readonly ledger: Ledger;
  readonly driftRate: { readonly value: number; readonly upper: number; readonly confidence: number };
  readonly assertedFieldsPercent: number;
  readonly latency: { readonly legacy: Latency; readonly nest: Latency };
  readonly coverage: {
    readonly statuses: Readonly<Record<string, number>>;
    readonly shapes: number;
    readonly queryKeys: Readonly<Record<string, number>>;
  };
  /** How each list found its partners: path → `key id`, `value`, `position`. */
  readonly lists: Readonly<Record<string, string>>;
  readonly gate: GateReport;
};

/** null where nothing was measured. */
export type Latency = { readonly p50: number | null; readonly p95: number | null; readonly p99: number | null };

export type GateVerdict = "pass" | "fail" | "inconclusive";
export type GateCriterion = {
  readonly name: string;
  readonly verdict: GateVerdict;
  readonly value: number | null;
  readonly limit: number | null;
  readonly detail: string;
  /** False: shown, and not decisive, because the family has nothing of the kind. */
  readonly isRequired: boolean;
};
export type GateReport = { readonly to: Stage | null; readonly verdict: GateVerdict; readonly criteria: readonly GateCriterion[] };

export type EmissionReport = {
  readonly event: string;
  readonly ledger: Readonly<
    Record<"captured" | "matched" | "drift" | "missing" | "extra" | "duplicate" | "raced" | "notDerivable" | "shed" | "pending", number>
  >;
};

export type SendsReport = Readonly<
  Record<"accepted" | "replayed" | "conflicts" | "mismatches" | "unknown" | "unprotected" | "duplicatesPrevented", number>
>;

export type DriftState = "open" | "accepted" | "fixed" | "regressed";

export type DriftReport = {
  readonly fingerprint: string;
  readonly subject: "http" | "emission";
  readonly endpoint: string;
  readonly path: string;
  readonly kind: DriftKind;
  readonly legacyShape: string;
  readonly nestShape: string;
  readonly count: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly state: DriftState;
  readonly intermittent: boolean;
};
