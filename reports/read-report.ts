import { buildReport } from "../shadow/core/summary/build-report.ts";
import { reportedEndpoints } from "../shadow/core/summary/reported-endpoints.ts";
import { readFamilies } from "../shadow/store/families.ts";
import { readDrift, type ExemplarRecord } from "../shadow/store/read-drifts.ts";
import { readFacts } from "../shadow/store/read-facts.ts";
import { readFamilyFacts } from "../shadow/store/read-family-facts.ts";
import { neededFacts, type GateConfig } from "../shadow/core/gate/needed-facts.ts";
import { judgeFamilies } from "../shadow/core/gate/judge-families.ts";
import type { StoreClient } from "../shadow/store/store.ts";
import type { ReportPage } from "./render-html.ts";

export type ReportOptions = {
  readonly config: GateConfig;
  readonly sinceMs: number;
  readonly endpoint?: string | undefined;
};

/** Examples are read for so many drifts; a page with more would help nobody. */
const DRIFTS_WITH_EXEMPLARS = 200;

/** The report of what the store holds, with examples of its drifts. */
export async function readReport(store: StoreClient, { config, sinceMs, endpoint }: ReportOptions): Promise<ReportPage> {
  const stages = new Map((await readFamilies(store)).map(({ family, stage }) => [family, stage] as const));
  const now = new Date();
  const endpoints = reportedEndpoints(config.endpoints, (family) => stages.get(family) ?? "legacy").filter(
    ({ id }) => endpoint === undefined || id === endpoint,
  );
  const facts = await readFacts(store, { since: new Date(now.getTime() - sinceMs), now, confidence: config.gate.confidence, endpoints });
  const drifts = facts.drifts.filter((drift) => endpoint === undefined || drift.endpoint === endpoint);
  const emissions = facts.emissions.filter(({ event }) => endpoint === undefined || event === endpoint);
  const gates = judgeFamilies(await readFamilyFacts(store, neededFacts(config, now)), { config, now });
  const report = buildReport({ ...facts, emissions, drifts, gates });
  return {
    report,
    exemplars: await readExemplars(
      store,
      drifts.slice(0, DRIFTS_WITH_EXEMPLARS).map(({ fingerprint }) => fingerprint),
    ),
  };
}

async function readExemplars(store: StoreClient, fingerprints: readonly string[]): Promise<ReadonlyMap<string, readonly ExemplarRecord[]>> {
  const found = await Promise.all(
    fingerprints.map(async (fingerprint) => [fingerprint, (await readDrift(store, fingerprint))?.exemplars ?? []] as const),
  );
  return new Map(found);
}
