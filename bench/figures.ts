export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The value that a share of all lies at or below; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? 0;
}

/** The median of the ratios of rounds that ran next to each other: what disturbs a machine disturbs both. */
export function medianRatio(values: readonly number[], references: readonly number[]): number {
  return median(values.map((value, round) => value / (references[round] ?? Number.NaN)));
}
