import type { CaseResult } from "./case-result.ts";
import { ALL_ON_PURPOSE, type OnPurpose } from "./on-purpose.ts";

const MARK: Readonly<Record<CaseResult["outcome"], string>> = {
  ok: "ok        ",
  "on purpose": "on purpose",
  differs: "DIFFERS   ",
  failed: "FAILED    ",
};

export const isFine = ({ outcome }: CaseResult): boolean => outcome === "ok" || outcome === "on purpose";

/** One line a case, what differs below it, the table's rows that were seen, and the sum. */
export function renderResults(results: readonly CaseResult[]): string[] {
  const bad = results.filter((result) => !isFine(result));
  return [
    ...results.flatMap(renderResult),
    "",
    "different on purpose (docs/transparency.md):",
    ...rowsSeen(results).map(renderRow),
    "",
    sumOf(results, bad.length),
  ];
}

function renderResult({ group, name, outcome, onPurpose, differences }: CaseResult): string[] {
  const why = outcome === "on purpose" ? ` [${onPurpose.filter((id) => !isEverywhere(id)).join(", ")}]` : "";
  return [
    `${MARK[outcome]} ${group}: ${name}${why}`,
    ...differences.flatMap(({ facet, direct, through }) => [`             ${facet}`, ...both(direct, through)]),
  ];
}

function both(direct: string, through: string): string[] {
  const shown = (text: string): string => (text === "" ? "(nothing)" : text.split("\n").map(printable).join("\n                        "));
  return [`               direct   ${shown(direct)}`, `               through  ${shown(through)}`];
}

/** Bytes of an answer must not steer a terminal. */
const printable = (text: string): string => text.replaceAll(/[^\u0020-\u007e…]/g, ".");

const isEverywhere = (id: string): boolean => ALL_ON_PURPOSE.some((row) => row.id === id && row.isEverywhere === true);

export function rowsSeen(results: readonly CaseResult[]): OnPurpose[] {
  const seen = new Set(results.flatMap(({ onPurpose }) => onPurpose));
  return ALL_ON_PURPOSE.filter(({ id }) => seen.has(id));
}

const renderRow = ({ id, direct, through }: OnPurpose): string => `  ${id}: direct, ${direct}; through, ${through}`;

function sumOf(results: readonly CaseResult[], bad: number): string {
  const count = (outcome: CaseResult["outcome"]): number => results.filter((result) => result.outcome === outcome).length;
  const verdict = bad === 0 ? "transparent" : "NOT transparent";
  return `${verdict}: ${results.length} cases, ${count("ok")} the same, ${count("on purpose")} different on purpose, ${count("differs")} differ, ${count("failed")} failed`;
}
