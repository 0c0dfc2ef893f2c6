import type { System } from "../types.ts";
import type { CoverageFact } from "./family-facts.ts";

/** One build of a system, as far as evidence of it counts. */
export type Build = { readonly id: string; readonly comparisons: number; readonly lastSeen: string };

/** The builds the evidence is of, the one seen last first; none where no build header is configured. */
export function buildsOf(coverage: readonly CoverageFact[]): Readonly<Record<System, readonly Build[]>> {
  return { legacy: buildsIn("legacy", coverage), nest: buildsIn("nest", coverage) };
}

function buildsIn(system: System, coverage: readonly CoverageFact[]): Build[] {
  const known = new Map<string, { comparisons: number; last: Date }>();
  for (const { dimension, value, count, last } of coverage) {
    if (dimension !== `build:${system}`) continue;
    const before = known.get(value);
    known.set(value, {
      comparisons: (before?.comparisons ?? 0) + count,
      last: before === undefined || last.getTime() > before.last.getTime() ? last : before.last,
    });
  }
  return [...known]
    .map(([id, { comparisons, last }]) => ({ id, comparisons, lastSeen: last.toISOString() }))
    .toSorted((one, other) => other.lastSeen.localeCompare(one.lastSeen) || other.comparisons - one.comparisons);
}
