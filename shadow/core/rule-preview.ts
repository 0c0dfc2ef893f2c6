import { brokenIdPairs, explain } from "./explain.ts";
import { ORDER_SEGMENT } from "./path.ts";
import { coversPlace, isOverBroad, parsePattern } from "./path-pattern.ts";
import type { Rule } from "./rules.ts";
import type { DriftReport } from "./summary/report.ts";
import type { Difference, Json } from "./types.ts";

/** What a rule would have done to what was recorded. */
export type RulePreview = {
  readonly hiddenDrifts: readonly Pick<DriftReport, "fingerprint" | "endpoint" | "path" | "kind" | "count" | "state">[];
  /** Of the fields that are asserted now, the share that would not be any more, weighted by how often each was seen. 0 to 100. */
  readonly assertedFieldsLostPercent: number;
  /** Why the configuration would not take it. */
  readonly refused?: string;
  readonly warning?: string;
};

/** A recorded drift and the redacted values of its exemplars; null stands for a side that has none. */
export type RecordedDrift = { readonly drift: DriftReport; readonly samples: readonly { readonly legacy: Json; readonly nest: Json }[] };
export type FieldSeen = { readonly path: string; readonly count: number };

export type PreviewInput = {
  readonly rule: Rule;
  /** The rules that hold already. */
  readonly rules: readonly Rule[];
  readonly drifts: readonly RecordedDrift[];
  readonly fields: readonly FieldSeen[];
};

/** A rule that takes more of the assertions than this deserves a second look. */
const WARN_ABOVE_PERCENT = 50;

export function previewRule({ rule, rules, drifts, fields }: PreviewInput): RulePreview {
  const hidden = drifts.filter((each) => wouldHide(rule, each)).map(({ drift }) => drift);
  const lost = assertedFieldsLost(rule, rules, fields);
  const refused = refusalOf(rule);
  return {
    hiddenDrifts: hidden.map(({ fingerprint, endpoint, path, kind, count, state }) => ({ fingerprint, endpoint, path, kind, count, state })),
    assertedFieldsLostPercent: lost,
    ...(refused === undefined ? {} : { refused }),
    ...(refused === undefined && lost > WARN_ABOVE_PERCENT
      ? { warning: `it would hide ${lost.toFixed(0)} % of the fields that are asserted at this endpoint; name the fields that may differ` }
      : {}),
  };
}

/** Why a rule is not taken: it would hide whole answers. */
export function refusalOf({ as, pattern }: Pick<Rule, "as" | "pattern">): string | undefined {
  const isEverywhere = pattern.tokens.some(({ kind }) => kind === "deep");
  if (!isOverBroad(pattern) || (!isHiding(as) && !isEverywhere)) return undefined;
  return `"${pattern.text}" would hide whole answers; name the field that may differ`;
}

function isHiding(as: Rule["as"]): boolean {
  return as === "ignore" || as === "volatile";
}

/** Equivalences go on asserting what they explain; only what is hidden is lost. */
function assertedFieldsLost(rule: Rule, rules: readonly Rule[], fields: readonly FieldSeen[]): number {
  const hiding = rules.filter(({ as }) => isHiding(as));
  const asserted = fields
    .map(({ path, count }) => ({ place: placeOf(path) ?? [], count }))
    .filter(({ place }) => !hiding.some(({ pattern }) => coversPlace(pattern, place)));
  const sum = (of: readonly { readonly count: number }[]): number => of.reduce((total, { count }) => total + count, 0);
  const lost = isHiding(rule.as) ? asserted.filter(({ place }) => coversPlace(rule.pattern, place)) : [];
  return asserted.length === 0 ? 0 : (100 * sum(lost)) / sum(asserted);
}

/** True when the rule explains the drift wherever an exemplar shows it; without any, by its kind and shapes alone. */
function wouldHide(rule: Rule, { drift, samples }: RecordedDrift): boolean {
  const at = placeOf(drift.path);
  if (at === undefined) return false;
  const place = drift.kind === "order-change" ? [...at, ORDER_SEGMENT] : at;
  const values = samples.length > 0 ? samples : [{ legacy: sampleOf(drift.legacyShape), nest: sampleOf(drift.nestShape) }];
  const differences = values.map(({ legacy, nest }): Difference => ({
    path: drift.path,
    at: place,
    kind: drift.kind === "frozen-value" ? "value-change" : drift.kind,
    legacyShape: drift.legacyShape,
    nestShape: drift.nestShape,
    legacy: drift.legacyShape === "absent" ? undefined : legacy,
    nest: drift.nestShape === "absent" ? undefined : nest,
  }));
  return differences.every((difference) => explain(difference, [rule]) !== undefined) && !isBrokenMapping(rule, differences);
}

/** Redacted ids keep what the mapping needs: equal stays equal. */
function isBrokenMapping(rule: Rule, differences: readonly Difference[]): boolean {
  if (rule.as !== "id-bijection") return false;
  const pairs = differences.map(({ at, legacy, nest }) => ({
    rule: rule.pattern.text,
    at,
    legacy: JSON.stringify(legacy),
    nest: JSON.stringify(nest),
  }));
  return brokenIdPairs(pairs, new Map()).length > 0;
}

/** The place that a recorded path stands for: a template reads like a pattern. */
function placeOf(path: string): readonly string[] | undefined {
  const pattern = parsePattern(path);
  if (pattern === undefined) return undefined;
  if (pattern.root === "outside") return [pattern.text];
  return pattern.tokens.map((token) => (token.kind === "member" ? `.${token.key}` : token.kind === "row" ? "[*" : ".{*}"));
}

/** Some value of a shape, for rules that look at types only. */
function sampleOf(shape: string): Json {
  if (shape.startsWith("string")) return "";
  return shape.startsWith("number") ? 0 : shape === "null" ? null : {};
}
