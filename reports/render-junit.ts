import type { EndpointReport, Report } from "../shadow/core/summary/report.ts";
import { escapeHtml } from "./html.ts";
import { comparedOf } from "./format.ts";

/** JUnit for CI: each endpoint a test case; open drift is a failure, an endpoint that was never compared is skipped. */
export function renderJunit(report: Report): string {
  const cases = report.endpoints.map((endpoint) => toCase(endpoint, report));
  const count = (marker: string): number => cases.filter((text) => text.includes(marker)).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites><testsuite name="parallax" timestamp="${report.generatedAt}" tests="${cases.length}" failures="${count("<failure")}" skipped="${count("<skipped")}">`,
    ...cases,
    "</testsuite></testsuites>",
    "",
  ].join("\n");
}

function toCase({ id, family, ledger }: EndpointReport, { drifts }: Report): string {
  const open = drifts.filter((drift) => drift.endpoint === id && drift.subject === "http" && (drift.state === "open" || drift.state === "regressed"));
  const head = `<testcase classname="${escapeHtml(family)}" name="${escapeHtml(id)}"`;
  if (open.length > 0) {
    const lines = open.map(
      ({ kind, path, legacyShape, nestShape, count }) => `${kind} ${path} (${legacyShape} -> ${nestShape}), seen ${count} times`,
    );
    return `${head}><failure message="${open.length} open drifts">${escapeHtml(lines.join("\n"))}</failure></testcase>`;
  }
  return comparedOf(ledger) === 0 ? `${head}><skipped message="nothing was compared"/></testcase>` : `${head}/>`;
}
