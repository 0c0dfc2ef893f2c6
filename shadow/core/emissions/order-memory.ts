/** The place of one pair in the order of each side. */
export type PairPlace = { readonly legacySeq: number; readonly nestSeq: number; readonly atMs: number };

/** Pairs remembered per scope, and scopes remembered: what is older or beyond is not looked at for order. */
const MAX_PAIRS = 128;
const MAX_SCOPES = 10_000;

/** Remembers how the last pairs of each scope (a chat of a channel) were ordered on both sides. */
export class OrderMemory {
  readonly #windowMs: number;
  readonly #scopes = new Map<string, PairPlace[]>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Whether this pair stands in another order than one before it. One pair out of place is one, however many it stands between. */
  note(scope: string, place: PairPlace): boolean {
    const known = (this.#scopes.get(scope) ?? []).filter(({ atMs }) => place.atMs - atMs <= this.#windowMs);
    const crossed = known.filter(({ legacySeq, nestSeq }) => legacySeq < place.legacySeq !== nestSeq < place.nestSeq);
    // It crosses many: it is the one out of place. It crosses one: that one may be, and the next pairs will tell.
    const recent = crossed.length === 1 ? known.filter((pair) => pair !== crossed[0]) : known;
    if (crossed.length <= 1) recent.push(place);
    if (recent.length > MAX_PAIRS) recent.shift();
    // Set again, so that the scopes seen last leave last.
    this.#scopes.delete(scope);
    this.#scopes.set(scope, recent);
    if (this.#scopes.size > MAX_SCOPES) this.#scopes.delete(this.#scopes.keys().next().value ?? "");
    return crossed.length > 0;
  }
}
