import { claimsOf, credentialOf, type Claims, type SubjectOptions } from "../core/subject.ts";
import type { HeaderList } from "../core/types.ts";

/** The same few people ask again and again. The oldest go first. */
const MAX_CREDENTIALS = 2_000;

/** Claims by credential, so that a token is read once and not with every request. In memory only. */
export class ClaimsCache {
  readonly #options: SubjectOptions;
  readonly #known = new Map<string, Claims>();

  constructor(options: SubjectOptions) {
    this.#options = options;
  }

  of(headers: HeaderList): Claims {
    const credential = credentialOf(headers, this.#options.cookies);
    if (credential === undefined) return claimsOf(undefined, this.#options);
    const known = this.#known.get(credential);
    if (known !== undefined) return known;
    const claims = claimsOf(credential, this.#options);
    if (this.#known.size >= MAX_CREDENTIALS) this.#known.delete(this.#known.keys().next().value ?? "");
    this.#known.set(credential, claims);
    return claims;
  }
}
