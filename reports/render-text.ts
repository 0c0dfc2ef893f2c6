import type { EndpointReport, Report } from "../shadow/core/summary/report.ts";
import { comparedOf, formatCount, formatMs, lossOf } from "./format.ts";

const HEAD = ["endpoint", "stage", "compared", "matched", "noise", "drift", "not compared", "legacy p50/p95", "nest p50/p95"] as const;
const FIRST_NUMBER = 2;

/** The summary as a table for a terminal: endpoints that saw traffic, latencies in milliseconds. */
export function renderTable(report: Report): string {
  const rows = report.endpoints.filter((endpoint) => endpoint.ledger.eligible > 0).map(toRow);
  const table = [HEAD as readonly string[], ...rows];
  const widths = HEAD.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map((row) =>
      row.map((cell, column) => (column < FIRST_NUMBER ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  "),
    )
    .join("\n");
}

function toRow({ id, stage, ledger, latency }: EndpointReport): string[] {
  return [
    id,
    stage,
    formatCount(comparedOf(ledger)),
    formatCount(ledger.matched + ledger.equivalent),
    formatCount(ledger.noise + ledger.raced),
    formatCount(ledger.drift),
    formatCount(lossOf(ledger)),
    `${formatMs(latency.legacy.p50)} / ${formatMs(latency.legacy.p95)}`,
    `${formatMs(latency.nest.p50)} / ${formatMs(latency.nest.p95)}`,
  ];
}

const DRIFTS_SHOWN = 30;

/** Open drifts, a line each. */
export function renderDrifts(report: Report): string {
  const open = report.drifts.filter((drift) => drift.state === "open" || drift.state === "regressed");
  if (open.length === 0) return "no open drift";
  const lines = open.slice(0, DRIFTS_SHOWN).map(({ kind, endpoint, path, legacyShape, nestShape, count, intermittent }) => {
    return `  ${endpoint}  ${path}  ${kind}  ${legacyShape} → ${nestShape}  ${formatCount(count)}×${intermittent ? "  intermittent" : ""}`;
  });
  const more = open.length > DRIFTS_SHOWN ? [`  … and ${open.length - DRIFTS_SHOWN} more`] : [];
  return [`${open.length} open ${open.length === 1 ? "drift" : "drifts"}`, ...lines, ...more].join("\n");
}
