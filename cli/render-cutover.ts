import type { SealedEntry } from "../shadow/core/cutover/audit-chain.ts";
import type { FamilyState } from "../shadow/core/cutover/family-state.ts";
import type { GateReport } from "../shadow/core/summary/report.ts";
import { renderTable } from "./table.ts";

/** A family as `cutover status` shows it. */
export type ShownFamily = FamilyState & {
  readonly since: string;
  readonly by: string;
  readonly reason: string;
  readonly gate: GateReport | undefined;
};

const MINUTE_MS = 60_000;

export function renderStatus(families: readonly ShownFamily[], now: Date): string {
  const rows = families.map(({ family, stage, percent, since, by, reason, gate }) => [
    family,
    stage === "canary" ? `canary ${percent} %` : stage,
    age(since, now),
    gate?.to === null || gate === undefined ? "-" : `${gate.to}: ${gate.verdict}`,
    by,
    reason,
  ]);
  return renderTable(["family", "stage", "since", "gate", "by", "reason"], rows);
}

export function renderGate(family: string, { to, verdict, criteria }: GateReport): string {
  const lines = criteria.map((each) => `  ${MARK[each.verdict]} ${each.name.padEnd(18)} ${each.detail}${each.isRequired ? "" : " (not required)"}`);
  const heading = `${family} to ${to ?? "nowhere"}: ${verdict}`;
  return [heading, ...(lines.length === 0 ? ["  no evidence is needed"] : lines)].join("\n");
}

const MARK = { pass: "pass        ", fail: "FAIL        ", inconclusive: "inconclusive" } as const;

export function renderHistory(entries: readonly SealedEntry[]): string {
  const stage = (at: SealedEntry["from"]): string => (at.stage === "canary" ? `canary ${at.percent} %` : at.stage);
  const rows = entries.map(({ seq, at, family, from, to, by, reason, isOverride, evidence }) => [
    String(seq),
    at,
    family,
    sendOf(evidence) ?? `${stage(from)} → ${stage(to)}`,
    isOverride ? "override" : "",
    by,
    reason,
  ]);
  return entries.length === 0 ? "no change yet" : renderTable(["#", "at", "family", "change", "", "by", "reason"], rows);
}

function age(since: string, now: Date): string {
  const minutes = Math.max(0, Math.round((now.getTime() - Date.parse(since)) / MINUTE_MS));
  if (minutes < 90) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1_440)} d`;
}

/** An entry about a send moves no stage. */
function sendOf(evidence: unknown): string | undefined {
  const send = (evidence as { readonly send?: { readonly id: string; readonly outcome: string } } | null)?.send;
  return send === undefined ? undefined : `send ${send.id} ${send.outcome}`;
}
