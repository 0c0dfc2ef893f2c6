import type { Comparison } from "./compare.ts";
import { isOutside } from "./path.ts";
import { PlaceIndex } from "./place-index.ts";
import { formatOf } from "./shape.ts";
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

/**
 * Formats that a value may have by accident: a random token of hex digits has only digits now and then, one of base64 may
 * begin like a path, a counter may pass by the times. Of a volatile value such a change is drift only when it persists.
 */
const ACCIDENTAL_FORMATS: ReadonlySet<string> = new Set(["text", "digits", "path", "number", "epoch-seconds", "epoch-milliseconds"]);

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
    inShape: agreementOf(onlyKinds(reads.again, isOfShape)),
    inFormat: agreementOf(onlyKinds(reads.again, (each) => isOfShape(each) && !isAccidental(each))),
    inAccident: agreementOf(onlyKinds(reads.again, isAccidental)),
  };
  return reads.first.differences.map((difference) => ({
    difference,
    verdict: verdictOf(difference, agree),
    didCandidateMove: !agree.candidate(difference),
  }));
}

/** Whether two reads do not differ at the place of a difference, above it or below it. */
type Agreement = (difference: Difference) => boolean;

type Agreements = Readonly<Record<"primary" | "again" | "crossed" | "inShape" | "inFormat" | "inAccident", Agreement>>;

const isOfShape = ({ kind }: Difference): boolean => SHAPE_KINDS.has(kind);

function isAccidental({ kind, legacy, nest }: Difference): boolean {
  return kind === "format-change" && [legacy, nest].every((value) => value !== undefined && ACCIDENTAL_FORMATS.has(formatOf(value)));
}

function onlyKinds(comparison: Comparison, isWanted: (difference: Difference) => boolean): Comparison {
  return { ...comparison, differences: comparison.differences.filter(isWanted), isBodyCompared: true, undecided: undefined };
}

function verdictOf(difference: Difference, agree: Agreements): Verdict {
  if (agree.primary(difference)) return agree.again(difference) ? "intermittent" : "drift";
  if (agree.crossed(difference) || agree.again(difference)) return "raced";
  // However volatile a value is: lacking it, or having it in another type or format, is drift.
  const isAccident = isAccidental(difference);
  if (isAccident && agree.inFormat(difference)) return agree.inAccident(difference) ? "noise" : "drift";
  if (!isOfShape(difference) && agree.inFormat(difference)) return "noise"; // an accident of the second read alone
  return isOfShape(difference) || !agree.inShape(difference) ? "drift" : "noise";
}

/** A body that was not compared, or could not be read as JSON, says nothing about the places in it. */
function agreementOf({ differences, isBodyCompared, undecided }: Comparison): Agreement {
  const places = new PlaceIndex(differences.map(({ at }) => at));
  const isReadable = isBodyCompared && undecided === undefined && !differences.some(({ at }) => at[0] === "@body");
  return ({ at }) => (isOutside(at) || isReadable) && !places.touches(at);
}
