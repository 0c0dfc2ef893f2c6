import type { DriftKind } from "../core/types.ts";

/** One sighting of a drift, redacted: nothing in here may hold personal data. */
export type DriftSighting = {
  readonly fingerprint: string;
  readonly subject: "http" | "emission";
  readonly endpoint: string;
  readonly path: string;
  readonly kind: DriftKind;
  readonly legacyShape: string;
  readonly nestShape: string;
  readonly isIntermittent: boolean;
  readonly seenAtMs: number;
  readonly minuteMs: number;
};

export type DriftCounts = Omit<DriftSighting, "isIntermittent" | "seenAtMs"> & {
  readonly count: number;
  readonly intermittent: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
};

/** A redacted instance of a drift as JSON. `variety`: a token of its circumstances. */
export type ExemplarDraft = { readonly fingerprint: string; readonly variety: string; readonly seenAtMs: number; readonly data: unknown };

type Row = { -readonly [Key in keyof DriftCounts]: DriftCounts[Key] } & { isDirty: boolean };

const KEEP_MS = 5 * 60_000;
/** One instance of each variety is kept, and made fresh this often. */
const REFRESH_EVERY_MS = 60_000;
/** Varieties told apart per drift; the oldest are forgotten first. */
const MAX_VARIETIES = 20;
const MAX_ROWS = 20_000;
/** Examples that wait to be written; none are taken beyond. */
const MAX_EXEMPLARS = 1_000;

/** Counts drifts in memory per fingerprint and minute; a flush writes the rows that changed. */
export class DriftBuffer {
  readonly #rows = new Map<string, Row>();
  /** fingerprint → variety → when one was last taken */
  readonly #taken = new Map<string, Map<string, number>>();
  #exemplars: ExemplarDraft[] = [];
  #lost = 0;

  add(sighting: DriftSighting): void {
    const { isIntermittent, seenAtMs, ...identity } = sighting;
    const key = `${sighting.fingerprint} ${sighting.minuteMs}`;
    let row = this.#rows.get(key);
    if (row === undefined) {
      if (this.#rows.size >= MAX_ROWS) {
        this.#lost += 1;
        return;
      }
      this.#rows.set(key, (row = { ...identity, count: 0, intermittent: 0, firstSeenMs: seenAtMs, lastSeenMs: seenAtMs, isDirty: true }));
    }
    row.count += 1;
    row.intermittent += isIntermittent ? 1 : 0;
    row.legacyShape = sighting.legacyShape;
    row.nestShape = sighting.nestShape;
    row.lastSeenMs = Math.max(row.lastSeenMs, seenAtMs);
    row.isDirty = true;
  }

  /** True when an instance of this drift should be kept now; counts as taken. */
  wantsExemplar(fingerprint: string, variety: string, nowMs: number): boolean {
    if (this.#exemplars.length >= MAX_EXEMPLARS) return false;
    const taken = this.#taken.get(fingerprint) ?? new Map<string, number>();
    const lastMs = taken.get(variety);
    if (lastMs !== undefined && nowMs - lastMs < REFRESH_EVERY_MS) return false;
    if (lastMs === undefined && taken.size >= MAX_VARIETIES && !this.#forgetStale(taken, nowMs)) return false;
    taken.set(variety, nowMs);
    this.#taken.set(fingerprint, taken);
    if (this.#taken.size > MAX_ROWS) this.#taken.delete(this.#taken.keys().next().value ?? "");
    return true;
  }

  /** Makes room for another variety; false while all of them are fresh, so that a drift with endless varieties is no flood. */
  #forgetStale(taken: Map<string, number>, nowMs: number): boolean {
    for (const [variety, lastMs] of taken) if (nowMs - lastMs >= REFRESH_EVERY_MS) return taken.delete(variety);
    return false;
  }

  addExemplar(exemplar: ExemplarDraft): void {
    this.#exemplars.push(exemplar);
  }

  /** Drifts that could not even be counted because too many were new at once. */
  get lost(): number {
    return this.#lost;
  }

  take(nowMs: number): { readonly drifts: DriftCounts[]; readonly exemplars: ExemplarDraft[]; readonly restore: () => void } {
    const dirty = [...this.#rows.values()].filter((row) => row.isDirty);
    const exemplars = this.#exemplars;
    this.#exemplars = [];
    for (const row of dirty) row.isDirty = false;
    const taken = new Set(dirty);
    for (const [key, row] of this.#rows) if (row.minuteMs < nowMs - KEEP_MS && !taken.has(row)) this.#rows.delete(key);
    return {
      drifts: dirty.map(toCounts),
      exemplars,
      restore: () => {
        for (const row of dirty) row.isDirty = true;
        this.#exemplars = [...exemplars, ...this.#exemplars].slice(0, MAX_EXEMPLARS);
      },
    };
  }
}

function toCounts(row: Row): DriftCounts {
  const { fingerprint, subject, endpoint, path, kind, legacyShape, nestShape, minuteMs, count, intermittent, firstSeenMs, lastSeenMs } = row;
  return { fingerprint, subject, endpoint, path, kind, legacyShape, nestShape, minuteMs, count, intermittent, firstSeenMs, lastSeenMs };
}
