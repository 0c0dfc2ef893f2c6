import { AppError } from "../../lib/errors.ts";
import type { FamilyFacts } from "../core/gate/family-facts.ts";
import { judgeFamilies } from "../core/gate/judge-families.ts";
import { neededFacts, type GateConfig } from "../core/gate/needed-facts.ts";
import type { GateReport } from "../core/summary/report.ts";
import type { Stage } from "../core/types.ts";
import { readFamilyFacts } from "../store/read-family-facts.ts";
import type { StoreClient } from "../store/store.ts";

export type Judgement = { readonly facts: readonly FamilyFacts[]; readonly gates: ReadonlyMap<string, GateReport> };

/** The gate's verdict on every configured family, for the next stage or for the given one. */
export async function judgeAll(store: StoreClient, config: GateConfig, to?: Stage): Promise<Judgement> {
  const now = new Date();
  const facts = await readFamilyFacts(store, neededFacts(config, now));
  return { facts, gates: judgeFamilies(facts, { config, now, to }) };
}

/** Throws `USAGE_UNKNOWN_FAMILY` with the families there are. */
export function expectFamily(family: string, { families }: Pick<GateConfig, "families">): void {
  if (Object.hasOwn(families, family)) return;
  throw new AppError("USAGE_UNKNOWN_FAMILY", `unknown family "${family}"; expected one of ${Object.keys(families).toSorted().join(", ")}`);
}
