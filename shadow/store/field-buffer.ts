/** How often one writer has looked at each field of an endpoint's answers, ever: absolute, never deltas. */
export type FieldCountRow = { readonly endpoint: string; readonly path: string; readonly count: number; readonly lastSeenMs: number };

/** Distinct paths per endpoint; more are not told apart. Paths hold no ids, so that answers have few. */
const MAX_PATHS = 500;

type Row = { readonly endpoint: string; readonly path: string; count: number; lastSeenMs: number; isDirty: boolean };

export class FieldBuffer {
  readonly #endpoints = new Map<string, Map<string, Row>>();
  #lost = 0;

  /** Looks at fields that were not counted because their endpoint had too many. */
  get lost(): number {
    return this.#lost;
  }

  count(endpoint: string, fields: ReadonlyMap<string, number>, nowMs: number): void {
    const rows = this.#endpoints.get(endpoint) ?? new Map<string, Row>();
    this.#endpoints.set(endpoint, rows);
    for (const [path, count] of fields) {
      const row = rows.get(path);
      if (row !== undefined) {
        row.count += count;
        row.lastSeenMs = nowMs;
        row.isDirty = true;
      } else if (rows.size < MAX_PATHS) rows.set(path, { endpoint, path, count, lastSeenMs: nowMs, isDirty: true });
      else this.#lost += count;
    }
  }

  /** Rows that changed since they were last taken. Put them back with `restore` when they could not be written. */
  take(): { readonly rows: FieldCountRow[]; readonly restore: () => void } {
    const dirty = [...this.#endpoints.values()].flatMap((rows) => [...rows.values()]).filter((row) => row.isDirty);
    for (const row of dirty) row.isDirty = false;
    return {
      rows: dirty.map(({ endpoint, path, count, lastSeenMs }) => ({ endpoint, path, count, lastSeenMs })),
      restore: () => {
        for (const row of dirty) row.isDirty = true;
      },
    };
  }
}
