import type { IdPair } from "./align.ts";
import { instantOf } from "./instant.ts";
import { areWithin } from "./json/decimal-distance.ts";
import { isWithin, ORDER_SEGMENT } from "./path.ts";
import { coversPlace, matchesPlace } from "./path-pattern.ts";
import type { Rule } from "./rules.ts";
import { ExactNumber, type Difference, type Json } from "./types.ts";

/** What is known of ids that stand for each other, per rule: legacy → nest and nest → legacy. */
export type IdMappings = { readonly toNest: ReadonlyMap<string, string>; readonly toLegacy: ReadonlyMap<string, string> };

/** The rule that explains a difference, or undefined. */
export function explain(difference: Difference, rules: readonly Rule[]): Rule | undefined {
  return rules.find((rule) => explains(rule, difference));
}

function explains(rule: Rule, difference: Difference): boolean {
  const { at, kind, legacy, nest } = difference;
  switch (rule.as) {
    case "ignore":
      return coversPlace(rule.pattern, at);
    case "volatile":
      return kind === "value-change" && coversPlace(rule.pattern, at);
    case "set":
      return kind === "order-change" && at.at(-1) === ORDER_SEGMENT && matchesPlace(rule.pattern, at.slice(0, -1));
    case "absent-is-null":
      return kind === "null-vs-absent" && matchesPlace(rule.pattern, at);
    case "number":
      return matchesPlace(rule.pattern, at) && areWithin(legacy, nest, rule.tolerance);
    case "instant":
      return matchesPlace(rule.pattern, at) && isSameInstant(difference, rule.toleranceMs);
    case "id-bijection":
      return isId(legacy) && isId(nest) && matchesPlace(rule.pattern, at);
  }
}

/** Only a text or a number stands for another one: a list or an object in an id's place is never explained. */
function isId(value: Json | undefined): boolean {
  return typeof value === "string" || typeof value === "number" || value instanceof ExactNumber;
}

function isSameInstant({ legacy, nest }: Difference, toleranceMs: number): boolean {
  const one = instantOf(legacy);
  const other = instantOf(nest);
  return one !== undefined && other !== undefined && Math.abs(one - other) <= toleranceMs;
}

/** The pairs that break the one-to-one mapping, within this response or against what was seen before. */
export function brokenIdPairs(pairs: readonly IdPair[], known: ReadonlyMap<string, IdMappings>): readonly IdPair[] {
  const toNest = new Map<string, string>();
  const toLegacy = new Map<string, string>();
  return pairs.filter(({ rule, legacy, nest }) => {
    const before = known.get(rule);
    const forward = before?.toNest.get(legacy) ?? toNest.get(`${rule}\u0000${legacy}`);
    const backward = before?.toLegacy.get(nest) ?? toLegacy.get(`${rule}\u0000${nest}`);
    if ((forward !== undefined && forward !== nest) || (backward !== undefined && backward !== legacy)) return true;
    toNest.set(`${rule}\u0000${legacy}`, nest);
    toLegacy.set(`${rule}\u0000${nest}`, legacy);
    return false;
  });
}

/** True when the difference lies where a broken pair was found. */
export function isBroken(difference: Difference, broken: readonly IdPair[]): boolean {
  return broken.some(({ at }) => isWithin(difference.at, at));
}
