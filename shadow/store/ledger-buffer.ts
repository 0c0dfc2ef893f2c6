import type { Outcome, System } from "../core/types.ts";
import { createHistogram, encodeHistogram, MAX_LATENCY_US, type Histogram } from "./histogram.ts";

/** Counters of one endpoint in one minute, as this writer has counted them since the minute began: absolute, never deltas. */
export type LedgerCounts = {
  readonly endpoint: string;
  readonly minuteMs: number;
  readonly counters: Readonly<Record<string, number>>;
  readonly legacyLatency: string | null;
  readonly nestLatency: string | null;
};
export type CoverageCount = {
  readonly endpoint: string;
  readonly minuteMs: number;
  readonly dimension: string;
  readonly value: string;
  readonly count: number;
};

type Row = {
  endpoint: string;
  minuteMs: number;
  counters: Map<string, number>;
  latency: Map<System, Histogram>;
  coverage: Map<string, number>;
  isDirty: boolean;
};

/** Minutes that cannot change any more are dropped once written: a request counts in the minute in which its answer ended. */
const KEEP_MS = 5 * 60_000;
/** Distinct coverage values per endpoint and minute; more are not told apart. */
const MAX_COVERAGE_VALUES = 200;
/** Rows that wait while the store is down: a week of a hundred busy endpoints. Beyond it the oldest are given up, and counted. */
const MAX_ROWS = 100_000;

export type Counter = Outcome | "eligible" | "assertedFields" | "comparedFields";

/** Counts in memory, cheaply, on any thread; a flush writes the rows that changed. */
export class LedgerBuffer {
  readonly #rows = new Map<string, Row>();
  #lost = 0;

  /** Rows that were given up before they could be written. */
  get lost(): number {
    return this.#lost;
  }

  count(endpoint: string, minuteMs: number, counter: Counter, by = 1): void {
    const row = this.#row(endpoint, minuteMs);
    row.counters.set(counter, (row.counters.get(counter) ?? 0) + by);
  }

  latency(endpoint: string, minuteMs: number, measured: { readonly system: System; readonly tookMs: number }): void {
    const row = this.#row(endpoint, minuteMs);
    let histogram = row.latency.get(measured.system);
    if (histogram === undefined) row.latency.set(measured.system, (histogram = createHistogram()));
    histogram.recordValue(Math.min(MAX_LATENCY_US, Math.max(1, Math.round(measured.tookMs * 1000))));
  }

  cover(endpoint: string, minuteMs: number, seen: { readonly dimension: string; readonly value: string }): void {
    const { coverage } = this.#row(endpoint, minuteMs);
    const key = `${seen.dimension} ${seen.value}`;
    if (!coverage.has(key) && coverage.size >= MAX_COVERAGE_VALUES) return;
    coverage.set(key, (coverage.get(key) ?? 0) + 1);
  }

  /** Rows that changed since they were last taken. Put them back with `restore` when they could not be written. */
  take(nowMs: number): { readonly ledger: LedgerCounts[]; readonly coverage: CoverageCount[]; readonly restore: () => void } {
    const dirty = [...this.#rows.values()].filter((row) => row.isDirty);
    const taken = new Set(dirty);
    for (const row of dirty) row.isDirty = false;
    for (const [key, row] of this.#rows) if (!taken.has(row) && row.minuteMs < nowMs - KEEP_MS) this.#rows.delete(key);
    return {
      ledger: dirty.map(toCounts),
      coverage: dirty.flatMap(toCoverage),
      restore: () => {
        for (const row of dirty) row.isDirty = true;
      },
    };
  }

  #row(endpoint: string, minuteMs: number): Row {
    const key = `${endpoint} ${minuteMs}`;
    const known = this.#rows.get(key);
    if (known !== undefined) {
      known.isDirty = true;
      return known;
    }
    const row: Row = { endpoint, minuteMs, counters: new Map(), latency: new Map(), coverage: new Map(), isDirty: true };
    this.#rows.set(key, row);
    if (this.#rows.size > MAX_ROWS) this.#giveUpOldest();
    return row;
  }

  #giveUpOldest(): void {
    const [oldest] = this.#rows.keys();
    if (oldest === undefined) return;
    this.#rows.delete(oldest);
    this.#lost += 1;
  }
}

function toCounts({ endpoint, minuteMs, counters, latency }: Row): LedgerCounts {
  const encode = (system: System): string | null => encodeHistogram(latency.get(system));
  return { endpoint, minuteMs, counters: Object.fromEntries(counters), legacyLatency: encode("legacy"), nestLatency: encode("nest") };
}

function toCoverage({ endpoint, minuteMs, coverage }: Row): CoverageCount[] {
  return [...coverage].map(([key, count]) => {
    const space = key.indexOf(" ");
    return { endpoint, minuteMs, dimension: key.slice(0, space), value: key.slice(space + 1), count };
  });
}
