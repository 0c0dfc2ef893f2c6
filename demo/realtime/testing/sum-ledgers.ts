import type { EmissionLedger } from "./faithful-types.ts";

/** One ledger of several events. */
export function sumLedgers(ledgers: readonly EmissionLedger[]): EmissionLedger {
  const [first, ...others] = ledgers;
  if (first === undefined) throw new Error("the report has no emissions");
  const names = Object.keys(first) as (keyof EmissionLedger)[];
  return Object.fromEntries(names.map((name) => [name, [first, ...others].reduce((sum, each) => sum + each[name], 0)])) as EmissionLedger;
}
