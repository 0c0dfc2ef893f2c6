import type { DriftReport, EndpointReport, Report } from "../shadow/core/summary/report.ts";
import { judgedOf } from "../shadow/core/summary/build-ledger.ts";
import { describeSends } from "./render-sends.ts";
import { renderEmissionsMarkdown } from "./emissions.ts";
import { comparedOf, formatCount, formatMs, formatRate, lossOf } from "./format.ts";

/** The report for a pull request or a chat: short, one table of endpoints, one of open drifts. */
export function renderMarkdown(report: Report): string {
  const active = report.endpoints.filter((endpoint) => endpoint.ledger.eligible > 0);
  const open = report.drifts.filter((drift) => drift.state === "open" || drift.state === "regressed");
  const endpoints = active.length === 0 ? ["No traffic was mirrored in this time."] : [...ENDPOINT_HEAD, ...active.map(endpointRow)];
  const drifts = open.length === 0 ? ["No open drift."] : [...DRIFT_HEAD, ...open.map(driftRow)];
  const sends = describeSends(report.sends);
  return [
    `# Drift report`,
    "",
    `${report.since} to ${report.generatedAt}`,
    "",
    "## Endpoints",
    "",
    ...endpoints,
    "",
    ...renderEmissionsMarkdown(report.emissions),
    `## Open drifts (${open.length})`,
    "",
    ...drifts,
    "",
    ...(sends === undefined ? [] : ["## Sends", "", sends, ""]),
  ].join("\n");
}

const ENDPOINT_HEAD = [
  "| endpoint | stage | eligible | compared | drift | not compared | drift rate | legacy p50/p95 ms | nest p50/p95 ms |",
  "| --- | --- | ---: | ---: | ---: | ---: | --- | ---: | ---: |",
];

function endpointRow({ id, stage, ledger, driftRate, latency }: EndpointReport): string {
  const { legacy, nest } = latency;
  const rate = formatRate(driftRate, judgedOf(ledger).judged);
  return `| ${id} | ${stage} | ${formatCount(ledger.eligible)} | ${formatCount(comparedOf(ledger))} | ${formatCount(ledger.drift)} | ${formatCount(lossOf(ledger))} | ${rate} | ${formatMs(legacy.p50)} / ${formatMs(legacy.p95)} | ${formatMs(nest.p50)} / ${formatMs(nest.p95)} |`;
}

const DRIFT_HEAD = ["| endpoint | path | kind | legacy → nest | seen | last |", "| --- | --- | --- | --- | ---: | --- |"];

function driftRow({ endpoint, path, kind, legacyShape, nestShape, count, lastSeen, intermittent }: DriftReport): string {
  return `| ${endpoint} | \`${path.replaceAll("|", "\\|")}\` | ${kind}${intermittent ? " (intermittent)" : ""} | ${legacyShape} → ${nestShape} | ${formatCount(count)} | ${lastSeen} |`;
}
