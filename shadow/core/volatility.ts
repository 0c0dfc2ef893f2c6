/** Values known to vary on both sides are not read again for ever; what is known expires, so that it is learned again. */
const LEARNED_AFTER = 8;
const LEARNED_FOR_MS = 60_000;
/** A candidate whose value never moves while the primary's always does is a stub. */
const FROZEN_AFTER = 5;
const MAX_PATHS = 10_000;

type PathHistory = {
  /** Re-reads in a row in which both sides moved and kept their shape. */
  noise: number;
  /** Re-reads in a row in which the primary moved … */
  primaryMoved: number;
  /** … and among them those in which the candidate moved. */
  candidateMoved: number;
  learnedUntilMs: number;
};

export type Movement = { readonly didPrimaryMove: boolean; readonly didCandidateMove: boolean };

/** What re-reads have shown per (endpoint, path template). Bounded: the path that was quiet longest is forgotten first. */
export class Volatility {
  readonly #paths = new Map<string, PathHistory>();

  /** One re-read of a path that differed. */
  observe(endpoint: string, path: string, { didPrimaryMove, didCandidateMove }: Movement): void {
    const history = this.#take(endpoint, path);
    history.primaryMoved = didPrimaryMove ? history.primaryMoved + 1 : 0;
    if (!didPrimaryMove) history.candidateMoved = 0;
    else if (didCandidateMove) history.candidateMoved += 1;
  }

  /** One verdict on a path that differed. Anything but noise makes it unknown again. */
  conclude(endpoint: string, path: string, verdict: { readonly isNoise: boolean; readonly didCandidateMove: boolean; readonly nowMs: number }): void {
    const history = this.#take(endpoint, path);
    history.noise = verdict.isNoise && verdict.didCandidateMove ? history.noise + 1 : 0;
    if (history.noise < LEARNED_AFTER) return;
    // Movement is learned again with it: a candidate that became a stub since would otherwise never be noticed.
    history.noise = 0;
    history.primaryMoved = 0;
    history.candidateMoved = 0;
    history.learnedUntilMs = verdict.nowMs + LEARNED_FOR_MS;
  }

  isKnownNoise(endpoint: string, path: string, nowMs: number): boolean {
    return (this.#paths.get(keyOf(endpoint, path))?.learnedUntilMs ?? 0) > nowMs;
  }

  isFrozen(endpoint: string, path: string): boolean {
    const history = this.#paths.get(keyOf(endpoint, path));
    return history !== undefined && history.primaryMoved >= FROZEN_AFTER && history.candidateMoved === 0;
  }

  #take(endpoint: string, path: string): PathHistory {
    const key = keyOf(endpoint, path);
    const history = this.#paths.get(key) ?? { noise: 0, primaryMoved: 0, candidateMoved: 0, learnedUntilMs: 0 };
    this.#paths.delete(key);
    this.#paths.set(key, history);
    if (this.#paths.size > MAX_PATHS) this.#paths.delete(this.#paths.keys().next().value ?? "");
    return history;
  }
}

function keyOf(endpoint: string, path: string): string {
  return `${endpoint} ${path}`;
}
