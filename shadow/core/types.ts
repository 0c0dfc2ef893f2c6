/** The joints of the pipeline: Exchange → Observation → Pair → Comparison → Verdict → Drift → Report. All data is read-only. */

/** The two systems. Cutover swaps their roles, never them. */
export type System = "legacy" | "nest";

export type Stage = "legacy" | "shadow" | "canary" | "nest" | "retired";

/** Raw header lines in order: `[name, value]`, duplicates kept. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/**
 * What is known of a body: its bytes (content-encoding removed), only its length and hash, or that there is none. With
 * `encoding` length and hash are those of the encoded bytes, which could not be decoded within bounds. A corrupt body is
 * not what its content-encoding says: no client can read it.
 */
export type Body =
  | { readonly kind: "none" }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "digest"; readonly length: number; readonly sha256: string; readonly encoding?: string }
  | { readonly kind: "corrupt"; readonly length: number; readonly sha256: string };

/** One system's answer to one request. */
export type Observation = {
  readonly system: System;
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Body;
  readonly tookMs: number;
};

/** Two observations of one fact, oriented by system whatever their roles are. */
export type Pair = { readonly legacy: Observation; readonly nest: Observation };

/** A JSON value. Numbers that a double cannot hold exactly are kept by their text. */
export type Json = null | boolean | number | string | ExactNumber | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/** A JSON number beyond a double's precision, in canonical decimal form. */
export class ExactNumber {
  readonly decimal: string;

  constructor(decimal: string) {
    this.decimal = decimal;
  }
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

export const DRIFT_KINDS = [
  "missing-field",
  "extra-field",
  "null-vs-absent",
  "type-change",
  "format-change",
  "value-change",
  "order-change",
  "item-missing",
  "item-extra",
  "frozen-value",
  "status-code",
  "header",
  "content-type",
  "body-bytes",
  "unparsable",
  "missing-emission",
  "extra-emission",
  "duplicate-emission",
  "reordered-emission",
  "late-emission",
  "channel",
] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

/** One place where the two sides differ. `at` names the exact place and may hold personal data: it never leaves memory. */
export type Difference = {
  /** JSONPath template, the same for every row of a list: `$.contacts[*].userId`, `@status`. */
  readonly path: string;
  /** Segments of the exact place, rows by identity. */
  readonly at: readonly string[];
  readonly kind: DriftKind;
  readonly legacyShape: string;
  readonly nestShape: string;
  /** The values; undefined where the side has none. Raw: redact before storing. */
  readonly legacy: Json | undefined;
  readonly nest: Json | undefined;
};

/** The counters of the ledger of loss: every eligible request ends in exactly one. */
export const OUTCOMES = [
  "matched",
  "equivalent",
  "drift",
  "noise",
  "raced",
  "notComparable",
  "candidateError",
  "candidateTimeout",
  "primaryError",
  "sampledOut",
  "shed",
  "overCap",
] as const;
export type Outcome = (typeof OUTCOMES)[number];
