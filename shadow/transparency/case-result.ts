import type { TransparencyDifference, Verdict } from "./compare-sightings.ts";
import type { Facet } from "./transparency-case.ts";

/** What came of one case. Differences are fit to be shown: nothing in them is a secret or somebody's data. */
export type CaseResult = {
  readonly group: string;
  readonly name: string;
  readonly outcome: "ok" | "on purpose" | "differs" | "failed";
  readonly onPurpose: readonly string[];
  readonly differences: readonly ShownDifference[];
};

export type ShownDifference = { readonly facet: Facet | "case"; readonly direct: string; readonly through: string };

/** What a header may show of itself; anything else is told by its length. */
const HARMLESS_HEADERS = new Set(
  `accept-ranges access-control-allow-credentials access-control-allow-headers access-control-allow-methods access-control-expose-headers
   access-control-max-age age allow cache-control connection content-disposition content-encoding content-language content-length
   content-range content-type date expires keep-alive last-modified pragma retry-after server strict-transport-security trailer
   transfer-encoding upgrade vary x-content-type-options x-frame-options x-powered-by`.split(/\s+/),
);
const MAX_SHOWN = 160;

type Item = { readonly group: string; readonly name: string };

/** `isPublic`: the data is the battery's own, so that all of it may be shown; a real system's is not. */
export function toResult(
  { group, name }: Item,
  verdict: Verdict,
  { marked, isPublic }: { readonly marked: boolean; readonly isPublic: boolean },
): CaseResult {
  const differences = verdict.differences.map((difference) => (isPublic ? shorten(difference) : hide(difference)));
  const outcome = differences.length > 0 ? "differs" : marked ? "on purpose" : "ok";
  return { group, name, outcome, onPurpose: verdict.onPurpose, differences };
}

export function toFailure({ group, name }: Item, message: string): CaseResult {
  return { group, name, outcome: "failed", onPurpose: [], differences: [{ facet: "case", direct: message, through: "" }] };
}

function shorten({ facet, direct, through }: TransparencyDifference): ShownDifference {
  return { facet, direct: clip(direct), through: clip(through) };
}

const clip = (text: string): string => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}… (${text.length} characters)` : text);

/** Only what differs, and of that only what may be shown. */
function hide({ facet, direct, through }: TransparencyDifference): ShownDifference {
  if (facet === "answered.status" || facet === "answered.end" || facet === "asked.count") return shorten({ facet, direct, through });
  if (facet === "answered.headers" || facet === "answered.information" || facet === "answered.connection" || facet === "answered.trailers")
    return { facet, direct: linesOnlyIn(direct, through), through: linesOnlyIn(through, direct) };
  return { facet, direct: describe(direct, through), through: describe(through, direct) };
}

function linesOnlyIn(text: string, other: string): string {
  const others = other.split("\n");
  const own = text.split("\n").filter((line) => line !== "" && !others.includes(line));
  return own.length === 0 ? (text === other ? "" : "(the same lines in another order)") : own.map(hideValue).join("\n");
}

function hideValue(line: string): string {
  const colon = line.indexOf(":");
  const name = line.slice(0, Math.max(colon, 0));
  if (colon === -1 || HARMLESS_HEADERS.has(name.toLowerCase())) return clip(line);
  return `${name}: (hidden, ${line.length - colon - 2} characters)`;
}

function describe(text: string, other: string): string {
  let at = 0;
  while (at < text.length && text[at] === other[at]) at += 1;
  return `${text.length} bytes, the first difference at ${at}`;
}
