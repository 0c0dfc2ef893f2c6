import type { Stage } from "../core/types.ts";
import type { StoreClient } from "./store.ts";

export type FamilyState = { readonly family: string; readonly stage: Stage; readonly percent: number; readonly version: number };

/** Writes the stages of families the store does not know yet, and answers what it holds for all: the store wins. */
export async function seedFamilies(store: StoreClient, seeds: Readonly<Record<string, Stage>>): Promise<FamilyState[]> {
  const rows = JSON.stringify(Object.entries(seeds).map(([family, stage]) => ({ family, stage })));
  await store.$executeRaw`insert into parallax.families (family, stage, by, reason)
    select r.family, r.stage::parallax."Stage", 'configuration', 'first start'
    from jsonb_to_recordset(${rows}::jsonb) as r(family text, stage text) on conflict (family) do nothing`;
  return readFamilies(store);
}

export async function readFamilies(store: StoreClient): Promise<FamilyState[]> {
  return store.family.findMany({ select: { family: true, stage: true, percent: true, version: true }, orderBy: { family: "asc" } });
}
