import type { Ledger } from "../shadow/core/summary/report.ts";

/** The ledger's counters in four groups with one meaning each; together they are `eligible`. */
export const LEDGER_GROUPS = [
  { name: "matched", title: "equal, or equal by a declared rule", counters: ["matched", "equivalent"] },
  { name: "noise", title: "values that vary, or data that changed between the reads", counters: ["noise", "raced"] },
  { name: "drift", title: "unexplained differences", counters: ["drift"] },
  {
    name: "loss",
    title: "not compared",
    counters: ["notComparable", "candidateError", "candidateTimeout", "primaryError", "sampledOut", "shed", "overCap", "pending"],
  },
] as const satisfies readonly { name: string; title: string; counters: readonly Exclude<keyof Ledger, "eligible">[] }[];

export function groupSums(ledger: Ledger): { readonly name: string; readonly title: string; readonly sum: number }[] {
  return LEDGER_GROUPS.map(({ name, title, counters }) => ({ name, title, sum: counters.reduce((sum, counter) => sum + ledger[counter], 0) }));
}
