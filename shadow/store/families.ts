import type { FamilyState } from "../core/cutover/family-state.ts";
import type { Stage } from "../core/types.ts";
import type { StoreClient } from "./store.ts";

export type FamilyRow = FamilyState & { readonly since: Date; readonly by: string; readonly reason: string };

/** Writes the stages of families the store does not know yet, and answers what it holds for all: the store wins. */
export async function seedFamilies(store: StoreClient, seeds: Readonly<Record<string, Stage>>): Promise<FamilyRow[]> {
  const rows = JSON.stringify(Object.entries(seeds).map(([family, stage]) => ({ family, stage })));
  await store.$executeRaw`insert into parallax.families (family, stage, by, reason)
    select r.family, r.stage::parallax."Stage", 'configuration', 'first start'
    from jsonb_to_recordset(${rows}::jsonb) as r(family text, stage text) on conflict (family) do nothing`;
  return readFamilies(store);
}

export async function readFamilies(store: StoreClient): Promise<FamilyRow[]> {
  return store.family.findMany({ orderBy: { family: "asc" } });
}
