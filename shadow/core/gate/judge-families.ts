import { groupOf } from "../cutover/coupling.ts";
import { nextStage } from "../cutover/stage-order.ts";
import type { GateReport } from "../summary/report.ts";
import type { Stage } from "../types.ts";
import { collectEvidence } from "./collect-evidence.ts";
import type { FamilyFacts } from "./family-facts.ts";
import { judgeFamily } from "./judge-family.ts";
import type { GateConfig } from "./needed-facts.ts";

export type JudgeOptions = {
  readonly config: GateConfig;
  readonly now: Date;
  /** absent: the next stage of each */
  readonly to?: Stage | undefined;
};

/** The gate's verdict per family: its own criteria, and those of the families that flip with it, for the same stage. */
export function judgeFamilies(facts: readonly FamilyFacts[], { config, now, to }: JudgeOptions): ReadonlyMap<string, GateReport> {
  const evidence = new Map(facts.map((each) => [each.state.family, collectEvidence(each, now.getTime())]));
  return new Map(
    [...evidence].map(([family, own]) => {
      const target = to ?? nextStage(own.stage);
      const partners = groupOf(family, config.families).filter((name) => name !== family);
      const judge = (name: string): GateReport | undefined => {
        const known = evidence.get(name);
        return known === undefined ? undefined : judgeFamily(known, config.gate, target);
      };
      return [
        family,
        together(
          judgeFamily(own, config.gate, target),
          partners.map((name) => [name, judge(name)] as const),
        ),
      ];
    }),
  );
}

/** Families that flip together pass together: a partner's failing criteria are this family's too. */
function together(own: GateReport, partners: readonly (readonly [name: string, gate: GateReport | undefined])[]): GateReport {
  if (partners.length === 0) return own;
  const theirs = partners.flatMap(([name, gate]) =>
    (gate?.criteria ?? []).map((criterion) => ({ ...criterion, name: `${name}: ${criterion.name}` })),
  );
  const verdicts = [own.verdict, ...partners.map(([, gate]) => gate?.verdict ?? "inconclusive")];
  const verdict = verdicts.includes("fail") ? "fail" : verdicts.every((each) => each === "pass") ? "pass" : "inconclusive";
  return { ...own, verdict, criteria: [...own.criteria, ...theirs] };
}
