import type { HeaderList, Observation, Stage, System } from "./types.ts";

/** What the bus carries: one answered request, to be asked of the candidate and compared. */
export type Exchange = {
  readonly id: string;
  readonly endpointId: string;
  readonly stage: Stage;
  readonly candidate: System;
  readonly request: RequestSnapshot;
  /** The client's own headers, credentials included. They live in memory only. */
  readonly headers: HeaderList;
  readonly primary: Observation;
  readonly startedAtMs: number;
  /** The minute in whose ledger the request counts: that of its start. */
  readonly minuteMs: number;
  /** A send: nest is asked what it would have answered. */
  readonly dryRun?: DryRunQuestion;
};

/** `unknowable`: where a dry run's answer holds null instead of what only a real one has. */
export type DryRunQuestion = { readonly target: string; readonly body: Uint8Array; readonly unknowable: readonly string[] };

export type RequestSnapshot = {
  readonly method: string;
  /** Path and query as the client sent them. */
  readonly target: string;
  /** The same for the candidate. */
  readonly candidateTarget: string;
};

/** A write that went through the proxy: what was read around it may not be compared. */
export type WriteMark = { readonly tenant: string | undefined; readonly family: string; readonly atMs: number };

const MINUTE_MS = 60_000;

export function minuteOf(timeMs: number): number {
  return Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
}
