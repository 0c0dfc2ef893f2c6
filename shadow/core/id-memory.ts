import type { IdPair } from "./align.ts";
import type { IdMappings } from "./explain.ts";

/** Pairs remembered per rule; the oldest are forgotten first. */
const MAX_PAIRS = 50_000;

/** Which ids stood for each other in earlier answers, per endpoint and rule. */
export class IdMemory {
  readonly #byEndpoint = new Map<string, Map<string, { toNest: Map<string, string>; toLegacy: Map<string, string> }>>();

  of(endpoint: string): ReadonlyMap<string, IdMappings> {
    return this.#byEndpoint.get(endpoint) ?? new Map();
  }

  /** Remembers the first partner of each id; a contradiction is the comparison's business. */
  learn(endpoint: string, pairs: readonly IdPair[]): void {
    if (pairs.length === 0) return;
    const rules = this.#byEndpoint.get(endpoint) ?? new Map<string, { toNest: Map<string, string>; toLegacy: Map<string, string> }>();
    this.#byEndpoint.set(endpoint, rules);
    for (const { rule, legacy, nest } of pairs) {
      const known = rules.get(rule) ?? { toNest: new Map<string, string>(), toLegacy: new Map<string, string>() };
      rules.set(rule, known);
      if (known.toNest.has(legacy) || known.toLegacy.has(nest)) continue;
      known.toNest.set(legacy, nest);
      known.toLegacy.set(nest, legacy);
      if (known.toNest.size > MAX_PAIRS) forgetOldest(known);
    }
  }
}

function forgetOldest({ toNest, toLegacy }: { toNest: Map<string, string>; toLegacy: Map<string, string> }): void {
  const [oldest] = toNest;
  if (oldest === undefined) return;
  toNest.delete(oldest[0]);
  toLegacy.delete(oldest[1]);
}
