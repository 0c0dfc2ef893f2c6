import type { Ledger } from "../shadow/core/summary/report.ts";
import type { Table } from "./table.ts";

const NO_LEDGER: Partial<Ledger> = {};

/** What was counted between two looks at one ledger. */
export function ledgerSince(now: Ledger, before: Partial<Ledger> = NO_LEDGER): Record<keyof Ledger, number> {
  const entries = Object.entries(now).map(([name, count]) => [name, count - (before[name as keyof Ledger] ?? 0)] as const);
  return Object.fromEntries(entries) as Record<keyof Ledger, number>;
}

/** Says which ledgers do not sum: `eligible` must be the sum of the rest. */
export function ledgerFailures(ledgers: ReadonlyMap<string, Ledger>): string[] {
  return [...ledgers].flatMap(([id, ledger]) => {
    const { eligible, ...others } = ledger;
    const sum = Object.values(others).reduce((total, count) => total + count, 0);
    return sum === eligible ? [] : [`ledger of ${id}: eligible is ${eligible}, the others add up to ${sum}`];
  });
}

/** One row per ledger, one column per counter that any of them has used. */
export function ledgerTable(title: string, ledgers: ReadonlyMap<string, Ledger>): Table {
  const used = [...ledgers.values()].flatMap((ledger) => Object.entries(ledger).filter(([, count]) => count > 0));
  const counters = [...new Set(used.map(([name]) => name))].filter((name) => name !== "eligible") as (keyof Ledger)[];
  return {
    title,
    head: ["", "eligible", ...counters, "sum"],
    rows: [...ledgers].map(([id, ledger]) => [
      id,
      String(ledger.eligible),
      ...counters.map((name) => String(ledger[name])),
      String(Object.entries(ledger).reduce((sum, [name, count]) => sum + (name === "eligible" ? 0 : count), 0)),
    ]),
  };
}
