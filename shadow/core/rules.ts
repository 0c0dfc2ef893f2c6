import { matchesPlace, type PathPattern } from "./path-pattern.ts";

/** A declared equivalence. Patterns are parsed and expiry is checked where the configuration is read. */
export type Rule = { readonly pattern: PathPattern; readonly owner: string; readonly reason: string; readonly expires?: string } & (
  | { readonly as: "instant"; readonly toleranceMs: number }
  | { readonly as: "number"; readonly tolerance: number }
  | { readonly as: "set" | "absent-is-null" | "id-bijection" | "volatile" | "ignore" }
);

/** How the rows of one list find their partners. */
export type ListSpec = { readonly pattern: PathPattern; readonly key?: string; readonly order: "strict" | "ignore" };

/** What is compared of one endpoint or event, and how. */
export type CompareSpec = {
  readonly lists: readonly ListSpec[];
  readonly rules: readonly Rule[];
  /** Lower case. Status and body are always compared. */
  readonly headers: readonly string[];
};

/** Rules whose day is over are no rules: `expires` is the last day on which one holds (UTC, `YYYY-MM-DD`). */
export function activeRules(rules: readonly Rule[], today: string): readonly Rule[] {
  return rules.filter((rule) => rule.expires === undefined || rule.expires >= today);
}

export function listSpecAt(lists: readonly ListSpec[], segments: readonly string[]): ListSpec | undefined {
  return lists.find((spec) => matchesPlace(spec.pattern, segments));
}

export function ruleAt(rules: readonly Rule[], as: Rule["as"], segments: readonly string[]): Rule | undefined {
  return rules.find((rule) => rule.as === as && matchesPlace(rule.pattern, segments));
}
