import type { SendsReport } from "../shadow/core/summary/report.ts";
import { formatCount } from "./format.ts";

/** What the send ledger did, in a sentence; undefined when nobody sent anything. */
export function describeSends({
  accepted,
  replayed,
  conflicts,
  mismatches,
  unknown,
  unprotected,
  duplicatesPrevented,
}: SendsReport): string | undefined {
  const counts: readonly (readonly [number, string])[] = [
    [duplicatesPrevented, "duplicates prevented"],
    [replayed, "answers repeated"],
    [conflicts, "asked again while in flight"],
    [mismatches, "keys used for something else"],
    [unprotected, "unprotected, the store was down"],
  ];
  if ([accepted, unknown, ...counts.map(([count]) => count)].every((count) => count === 0)) return undefined;
  const more = counts.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
  const fate = unknown === 0 ? "none of unknown fate" : `${formatCount(unknown)} of unknown fate now (parallax sends list)`;
  return [`${formatCount(accepted)} accepted`, ...more, fate].join(" · ");
}
