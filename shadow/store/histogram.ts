import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";
import type { QuantileInterval } from "../core/gate/evidence.ts";
import type { Latency } from "../core/summary/report.ts";

export type { Histogram } from "hdr-histogram-js";

/** Latencies in microseconds up to ten minutes, two significant digits. */
export const MAX_LATENCY_US = 600_000_000;

export function createHistogram(): Histogram {
  return build({
    bitBucketSize: 32,
    autoResize: true,
    lowestDiscernibleValue: 1,
    highestTrackableValue: MAX_LATENCY_US,
    numberOfSignificantValueDigits: 2,
    useWebAssembly: false,
  });
}

export function encodeHistogram(histogram: Histogram | undefined): string | null {
  return histogram === undefined ? null : encodeIntoCompressedBase64(histogram);
}

/** The percentiles of several stored histograms together, in milliseconds. */
export function percentilesOf(encoded: readonly (string | null)[]): Latency {
  const total = createHistogram();
  for (const text of encoded) if (text !== null) total.add(decodeFromCompressedBase64(text, 32, false));
  if (total.totalCount === 0) return { p50: null, p95: null, p99: null };
  const at = (percentile: number): number => total.getValueAtPercentile(percentile) / 1000;
  return { p50: at(50), p95: at(95), p99: at(99) };
}

/**
 * A quantile of several stored histograms together with a confidence interval, in milliseconds: between two order statistics
 * (normal approximation of the binomial; Conover, Practical Nonparametric Statistics, 3.2). undefined without data.
 */
export function quantileOf(
  encoded: readonly (string | null)[],
  { quantile, standardErrors }: { readonly quantile: number; readonly standardErrors: number },
): QuantileInterval | undefined {
  const total = createHistogram();
  for (const text of encoded) if (text !== null) total.add(decodeFromCompressedBase64(text, 32, false));
  const count = total.totalCount;
  if (count === 0) return undefined;
  const spread = standardErrors * Math.sqrt((quantile * (1 - quantile)) / count);
  const at = (share: number): number => total.getValueAtPercentile(100 * Math.min(1, Math.max(0, share))) / 1000;
  return { value: at(quantile), low: at(quantile - spread), high: at(quantile + spread), count };
}
