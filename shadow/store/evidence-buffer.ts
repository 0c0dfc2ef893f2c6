import type { StoreClient } from "./store.ts";

/** One comparison as evidence: equal keys are the same (request, answer) pair, and count once. */
export type EvidencePiece = { readonly endpoint: string; readonly key: string; readonly fingerprints: readonly string[]; readonly seenAtMs: number };

/** Pairs remembered per endpoint, so that a poll is not written again and again; the oldest are forgotten first. */
const MAX_KEYS = 20_000;
/** New pairs taken per endpoint and hour: plenty for any bound, little for a disk. */
const MAX_NEW_PER_HOUR = 20_000;
const HOUR_MS = 3_600_000;
/** A pair that is still seen is written again this often: evidence has to be fresh. */
const REFRESH_MS = 60_000;

type Known = { fingerprints: string; writtenAtMs: number };

/** Collects distinct evidence in memory; a flush writes what is new. */
export class EvidenceBuffer {
  readonly #known = new Map<string, Map<string, Known>>();
  readonly #taken = new Map<string, { hour: number; count: number }>();
  #pending = new Map<string, EvidencePiece>();

  add(piece: EvidencePiece): void {
    const ofEndpoint = this.#known.get(piece.endpoint) ?? new Map<string, Known>();
    this.#known.set(piece.endpoint, ofEndpoint);
    const fingerprints = piece.fingerprints.join(" ");
    const known = ofEndpoint.get(piece.key);
    if (known !== undefined && known.fingerprints === fingerprints && piece.seenAtMs - known.writtenAtMs < REFRESH_MS) return;
    if (known === undefined && !this.#mayTake(piece)) return;
    if (ofEndpoint.size >= MAX_KEYS) ofEndpoint.delete(ofEndpoint.keys().next().value ?? "");
    ofEndpoint.set(piece.key, { fingerprints, writtenAtMs: piece.seenAtMs });
    const id = `${piece.endpoint} ${piece.key}`;
    const before = this.#pending.get(id)?.fingerprints ?? [];
    this.#pending.set(id, { ...piece, fingerprints: [...new Set([...before, ...piece.fingerprints])] });
  }

  /** A pair with a drift is always worth its row. */
  #mayTake({ endpoint, seenAtMs, fingerprints }: EvidencePiece): boolean {
    const hour = Math.floor(seenAtMs / HOUR_MS);
    const known = this.#taken.get(endpoint);
    const taken = known?.hour === hour ? known : { hour, count: 0 };
    this.#taken.set(endpoint, { hour, count: taken.count + 1 });
    return taken.count < MAX_NEW_PER_HOUR || fingerprints.length > 0;
  }

  take(): { readonly pieces: readonly EvidencePiece[]; readonly restore: () => void } {
    const taken = this.#pending;
    this.#pending = new Map();
    return {
      pieces: [...taken.values()],
      restore: () => {
        this.#pending = new Map([...taken, ...this.#pending].slice(0, MAX_KEYS));
      },
    };
  }
}

/** A pair keeps every drift that it ever showed: one that shows only sometimes counts. */
export async function writeEvidence(store: StoreClient, pieces: readonly EvidencePiece[]): Promise<void> {
  if (pieces.length === 0) return;
  const rows = pieces.map(({ seenAtMs, ...piece }) => ({ ...piece, seenAt: new Date(seenAtMs).toISOString() }));
  await store.$executeRaw`insert into parallax.evidence as e (endpoint, key, "firstSeen", "lastSeen", fingerprints)
    select r.endpoint, r.key, r."seenAt", r."seenAt", r.fingerprints
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(endpoint text, key text, "seenAt" timestamptz, fingerprints text[])
    on conflict (endpoint, key) do update set "lastSeen" = greatest(e."lastSeen", excluded."lastSeen"),
      fingerprints = array(select distinct unnest(e.fingerprints || excluded.fingerprints))`;
}
