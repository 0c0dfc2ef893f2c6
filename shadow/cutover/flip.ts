import { AppError } from "../../lib/errors.ts";
import type { AuditHead } from "../core/cutover/audit-chain.ts";
import { groupOf } from "../core/cutover/coupling.ts";
import type { FamilyState } from "../core/cutover/family-state.ts";
import { planFlip, type FlipRequest } from "../core/cutover/plan-flip.ts";
import { rollbackStage } from "../core/cutover/stage-order.ts";
import { buildsOf } from "../core/gate/builds.ts";
import type { GateConfig } from "../core/gate/needed-facts.ts";
import type { GateReport } from "../core/summary/report.ts";
import { commitFlip } from "../store/commit-flip.ts";
import { readFamilies } from "../store/families.ts";
import type { StoreClient } from "../store/store.ts";
import { sealWith } from "./audit.ts";
import { expectFamily, judgeAll } from "./gate.ts";

export type FlipOrder = FlipRequest & { readonly family: string; readonly by: string; readonly reason: string };

export type FlipContext = { readonly store: StoreClient; readonly config: GateConfig; readonly auditKey: string };

export type FlipResult = { readonly states: readonly FamilyState[]; readonly head: AuditHead | undefined; readonly isOverride: boolean };

/** A flip that may not be made; with the gate's verdict where that is why. */
export class FlipRefused extends AppError {
  readonly gate: GateReport | undefined;

  constructor(reason: string, gate?: GateReport) {
    super("CUTOVER_REFUSED", reason);
    this.gate = gate;
  }
}

/**
 * Moves a family, and those that flip with it, to another stage. Forward from shadow on the gate has to pass, unless
 * overridden. Throws `FlipRefused`, `USAGE_UNKNOWN_FAMILY`, `CUTOVER_CONFLICT`.
 */
export async function flip({ store, config, auditKey }: FlipContext, order: FlipOrder): Promise<FlipResult> {
  expectFamily(order.family, config);
  const rows = await readFamilies(store);
  const group = groupOf(order.family, config.families);
  const states = rows.filter(({ family }) => group.includes(family));
  const plan = planFlip(states, order);
  if (plan.kind === "refused") throw new FlipRefused(plan.reason);
  if (plan.kind === "unchanged") return { states, head: undefined, isOverride: false };
  const { gates, facts } = await judgeAll(store, config, order.to);
  const own = gates.get(order.family);
  const isPassed = own?.verdict === "pass";
  if (plan.isGated && !isPassed && !order.isOverride) throw new FlipRefused(describe(order, own), own);
  const evidence = {
    gate: group.map((family) => ({ family, ...gates.get(family) })),
    limits: config.gate,
    rules: rulesOf(config, group),
    builds: buildsOf(facts.filter(({ state }) => group.includes(state.family)).flatMap(({ coverage }) => coverage)),
  };
  const isOverride = plan.isGated && !isPassed;
  const committed = await commitFlip(store, {
    changes: plan.changes,
    by: order.by,
    reason: order.reason,
    isOverride,
    evidence,
    seal: sealWith(auditKey),
  });
  return { ...committed, isOverride };
}

/** Steps a family back to where legacy answers everybody. Free at any time. */
export async function rollBack(context: FlipContext, order: Pick<FlipOrder, "family" | "by" | "reason">): Promise<FlipResult> {
  expectFamily(order.family, context.config);
  const row = (await readFamilies(context.store)).find(({ family }) => family === order.family);
  return flip(context, { ...order, to: rollbackStage(row?.stage ?? "legacy"), percent: undefined, isOverride: false });
}

function describe({ family, to }: FlipOrder, gate: GateReport | undefined): string {
  const open = (gate?.criteria ?? []).filter(({ isRequired, verdict }) => isRequired && verdict !== "pass");
  const reasons = open.map(({ name, verdict, detail }) => `${name} ${verdict}: ${detail}`).join("; ");
  return `the gate of ${family} for ${to} says ${gate?.verdict ?? "inconclusive"}${reasons === "" ? "" : ` (${reasons})`}`;
}

/** The equivalences that were in force: what the evidence did not look at. */
function rulesOf({ endpoints }: GateConfig, group: readonly string[]): unknown {
  return endpoints
    .filter(({ family }) => group.includes(family))
    .flatMap(({ id, spec }) => spec.rules.map(({ pattern, ...rule }) => ({ endpoint: id, path: pattern.text, ...rule })));
}
