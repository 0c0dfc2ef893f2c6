import type { Comparison } from "./compare.ts";
import { isWithin } from "./path.ts";
import type { Difference } from "./types.ts";

/** What a difference turned out to be once both sides had been read again. */
export type Verdict = "drift" | "intermittent" | "raced" | "noise";

export type Judged = { readonly difference: Difference; readonly verdict: Verdict; readonly didCandidateMove: boolean };

/**
 * The comparisons among four reads, in the order A (primary), B (candidate), A′, B′, each with the same matching of lists.
 * `first` is A with B, the differences to judge.
 */
export type Reads = {
  readonly first: Comparison;
  /** A with A′ */
  readonly primary: Comparison;
  /** B with B′ */
  readonly candidate: Comparison;
  /** A′ with B′ */
  readonly again: Comparison;
  /** A′ with B */
  readonly crossed: Comparison;
};

const SHAPE_KINDS: ReadonlySet<string> = new Set([
  "missing-field",
  "extra-field",
  "null-vs-absent",
  "type-change",
  "format-change",
  "status-code",
  "content-type",
  "unparsable",
]);

/** Judges each difference of the first pair by the table of the design: is it drift, a race, or a value that is never the same? */
export function judge(reads: Reads): Judged[] {
  return reads.first.differences.map((difference) => ({
    difference,
    verdict: verdictOf(difference, reads),
    didCandidateMove: !agrees(reads.candidate, difference),
  }));
}

function verdictOf(difference: Difference, reads: Reads): Verdict {
  const isPrimaryStable = agrees(reads.primary, difference);
  if (isPrimaryStable) return agrees(reads.again, difference) ? "intermittent" : "drift";
  if (agrees(reads.crossed, difference) || agrees(reads.again, difference)) return "raced";
  return isAnotherShape(difference, reads) ? "drift" : "noise";
}

/** However volatile a value is: lacking it, or having it in another type or format, is drift. */
function isAnotherShape(difference: Difference, { again }: Reads): boolean {
  if (SHAPE_KINDS.has(difference.kind)) return true;
  return again.differences.some((each) => SHAPE_KINDS.has(each.kind) && (isWithin(each.at, difference.at) || isWithin(difference.at, each.at)));
}

/** True when two reads do not differ at this place, above it or below it. */
function agrees(comparison: Comparison, { at }: Difference): boolean {
  if (!comparison.isBodyCompared && !(at[0] ?? "").startsWith("@")) return false;
  return !comparison.differences.some((each) => isWithin(each.at, at) || isWithin(at, each.at) || isUnreadable(each, at));
}

/** A body that could not be read as JSON says nothing about the places in it. */
function isUnreadable(difference: Difference, at: readonly string[]): boolean {
  return difference.at[0] === "@body" && !(at[0] ?? "").startsWith("@");
}
