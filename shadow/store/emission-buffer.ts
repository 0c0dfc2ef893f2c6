import type { EmissionEnd } from "../core/emissions/emission-ledger.ts";

export type EmissionCounter = EmissionEnd | "captured";

/** Counters of one event in one minute: absolute, never deltas. */
export type EmissionCounts = {
  readonly event: string;
  readonly minuteMs: number;
  readonly counters: Readonly<Partial<Record<EmissionCounter, number>>>;
};

type Row = { readonly event: string; readonly minuteMs: number; readonly counters: Partial<Record<EmissionCounter, number>>; isDirty: boolean };

/** Names of events told apart; they come from emitters. */
const MAX_EVENTS = 200;
const OTHER_EVENT = "other";
/** Rows that wait while the store is down; beyond it the oldest are given up. */
const MAX_ROWS = 20_000;

/** Counts emissions in memory; a flush writes the rows that changed. */
export class EmissionBuffer {
  readonly #rows = new Map<string, Row>();
  readonly #events = new Set<string>();
  readonly #keepMs: number;

  /** `keepMs`: for how long after its minute an emission may still be decided. */
  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  /** The name under which an event is counted. */
  nameOf(event: string): string {
    if (this.#events.has(event)) return event;
    if (this.#events.size >= MAX_EVENTS) return OTHER_EVENT;
    this.#events.add(event);
    return event;
  }

  count(event: string, minuteMs: number, counter: EmissionCounter, by = 1): void {
    const row = this.#rowOf(this.nameOf(event), minuteMs);
    row.counters[counter] = (row.counters[counter] ?? 0) + by;
    row.isDirty = true;
  }

  /** Rows that changed since they were last taken. Put them back with `restore` when they could not be written. */
  take(nowMs: number): { readonly rows: readonly EmissionCounts[]; readonly restore: () => void } {
    const dirty = [...this.#rows.values()].filter((row) => row.isDirty);
    for (const row of dirty) row.isDirty = false;
    for (const [id, row] of this.#rows) if (row.minuteMs < nowMs - this.#keepMs && !dirty.includes(row)) this.#rows.delete(id);
    return {
      rows: dirty.map(({ event, minuteMs, counters }) => ({ event, minuteMs, counters: { ...counters } })),
      restore: () => {
        for (const row of dirty) row.isDirty = true;
      },
    };
  }

  #rowOf(event: string, minuteMs: number): Row {
    const id = `${minuteMs} ${event}`;
    const known = this.#rows.get(id);
    if (known !== undefined) return known;
    const row: Row = { event, minuteMs, counters: {}, isDirty: true };
    this.#rows.set(id, row);
    if (this.#rows.size > MAX_ROWS) this.#rows.delete(this.#rows.keys().next().value ?? "");
    return row;
  }
}
