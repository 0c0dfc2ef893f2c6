import type { CompareSpec } from "../rules.ts";
import type { Difference, System } from "../types.ts";

/** One realtime event that a system sent on one channel, as the tap saw it. */
export type Emission = {
  readonly system: System;
  readonly channel: string;
  readonly event: string;
  /** The text of `data` as sent: JSON inside of JSON, decoded once. */
  readonly data: string;
  /** By the tap's clock. */
  readonly atMs: number;
};

/** How the emissions of one event are told apart and compared. */
export type EmissionSpec = {
  readonly event: string;
  readonly family: string;
  /** Fields of `data` that name the fact. None: the channel alone does. */
  readonly key: readonly string[];
  readonly compare: CompareSpec;
};

/** The counters of the emission ledger beside `captured`, `shed` and `pending`. */
export const EMISSION_OUTCOMES = ["matched", "drift", "missing", "extra", "duplicate", "raced", "notDerivable"] as const;
export type EmissionOutcome = (typeof EMISSION_OUTCOMES)[number];

/** What became of one fact: a pair of emissions, or one that found no partner. It counts once. */
export type Settled = {
  readonly event: string;
  /** `shed`: nothing can be said, because something was lost around it. */
  readonly outcome: EmissionOutcome | "shed";
  /** Of the payload, of the emission as a whole (`@emission`) or of its channel (`@channel`). Raw: redact before storing. */
  readonly differences: readonly Difference[];
  readonly legacy: Emission | undefined;
  readonly nest: Emission | undefined;
  /** The minute in whose ledger it counts: that of the emission that was captured first. */
  readonly minuteMs: number;
};
