import type { DriftReport, Report } from "../shadow/core/summary/report.ts";
import { escapeHtml } from "./html.ts";
import { comparedOf } from "./format.ts";

/** JUnit for CI: each endpoint and each event a test case; open drift is a failure, one that was never compared is skipped. */
export function renderJunit(report: Report): string {
  const cases = [
    ...report.endpoints.map(({ id, family, ledger }) => toCase({ id, family, subject: "http", compared: comparedOf(ledger) }, report)),
    ...report.emissions.map(({ event, ledger }) =>
      toCase(
        { id: event, family: "emissions", subject: "emission", compared: ledger.captured - ledger.notDerivable - ledger.shed - ledger.pending },
        report,
      ),
    ),
  ];
  const count = (marker: string): number => cases.filter((text) => text.includes(marker)).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites><testsuite name="parallax" timestamp="${report.generatedAt}" tests="${cases.length}" failures="${count("<failure")}" skipped="${count("<skipped")}">`,
    ...cases,
    "</testsuite></testsuites>",
    "",
  ].join("\n");
}

type Case = { readonly id: string; readonly family: string; readonly subject: DriftReport["subject"]; readonly compared: number };

function toCase({ id, family, subject, compared }: Case, { drifts }: Report): string {
  const open = drifts.filter(
    (drift) => drift.endpoint === id && drift.subject === subject && (drift.state === "open" || drift.state === "regressed"),
  );
  const head = `<testcase classname="${escapeHtml(family)}" name="${escapeHtml(id)}"`;
  if (open.length > 0) {
    const lines = open.map(
      ({ kind, path, legacyShape, nestShape, count }) => `${kind} ${path} (${legacyShape} -> ${nestShape}), seen ${count} times`,
    );
    return `${head}><failure message="${open.length} open drifts">${escapeHtml(lines.join("\n"))}</failure></testcase>`;
  }
  return compared === 0 ? `${head}><skipped message="nothing was compared"/></testcase>` : `${head}/>`;
}
