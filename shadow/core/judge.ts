import type { Comparison } from "./compare.ts";
import { isOutside } from "./path.ts";
import { PlaceIndex } from "./place-index.ts";
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
  const agree = {
    primary: agreementOf(reads.primary),
    candidate: agreementOf(reads.candidate),
    again: agreementOf(reads.again),
    crossed: agreementOf(reads.crossed),
    inShape: agreementOf({ ...reads.again, differences: reads.again.differences.filter(({ kind }) => SHAPE_KINDS.has(kind)), isBodyCompared: true }),
  };
  return reads.first.differences.map((difference) => ({
    difference,
    verdict: verdictOf(difference, agree),
    didCandidateMove: !agree.candidate(difference),
  }));
}

/** Whether two reads do not differ at the place of a difference, above it or below it. */
type Agreement = (difference: Difference) => boolean;

function verdictOf(difference: Difference, agree: Readonly<Record<"primary" | "again" | "crossed" | "inShape", Agreement>>): Verdict {
  if (agree.primary(difference)) return agree.again(difference) ? "intermittent" : "drift";
  if (agree.crossed(difference) || agree.again(difference)) return "raced";
  // However volatile a value is: lacking it, or having it in another type or format, is drift.
  return SHAPE_KINDS.has(difference.kind) || !agree.inShape(difference) ? "drift" : "noise";
}

/** A body that was not compared, or could not be read as JSON, says nothing about the places in it. */
function agreementOf({ differences, isBodyCompared }: Comparison): Agreement {
  const places = new PlaceIndex(differences.map(({ at }) => at));
  const isReadable = isBodyCompared && !differences.some(({ at }) => at[0] === "@body");
  return ({ at }) => (isOutside(at) || isReadable) && !places.touches(at);
}
