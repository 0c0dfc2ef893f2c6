import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";
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
