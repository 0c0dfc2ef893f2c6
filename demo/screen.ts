import { renderEmissionsText } from "../reports/emissions.ts";
import { renderDrifts, renderTable } from "../reports/render-text.ts";
import type { Report } from "../shadow/core/summary/report.ts";
import { matchInjections, type Injection } from "./injections.ts";
import type { DemoSystems } from "./systems.ts";
import type { ConversationSummary } from "./traffic/conversations.ts";
import type { TrafficSummary } from "./traffic/tally.ts";

/** Where everything is. */
export function renderWelcome({ urls, opsToken, injections, pids, configFile, dataDir }: DemoSystems): string {
  const flags = dataDir === ".parallax" ? `--config ${configFile}` : `--config ${configFile} --data-dir ${dataDir}`;
  const faults = injections.map(({ id, title, endpoint }) => `    ${id}  ${endpoint}: ${title}`);
  return [
    "Parallax demo",
    "",
    `  admin page   ${urls.proxy}/admin      through the proxy; answered by the legacy app`,
    `               ${urls.legacy}/admin      straight from the legacy app`,
    `  dashboard    ${urls.ops}/#token=${opsToken}`,
    `  proxy        ${urls.proxy}   legacy (Next) ${urls.legacy}   candidate (Nest) ${urls.nest}`,
    `  phone        ${urls.phone}   a phone and its contacts: scan the QR of Support, write as a customer`,
    `  realtime     ${urls.realtime}   events for the admin page: both systems publish through the proxy's tap, browsers subscribe here`,
    `  processes    ${Object.entries(pids)
      .map(([name, pid]) => `${name} ${pid}`)
      .join(", ")}`,
    "",
    "  May contacts flip? Flip it, take it back (in another terminal):",
    `    npx parallax gate contacts --to canary ${flags}`,
    `    npx parallax cutover set contacts canary --percent 50 --reason "clean" ${flags}`,
    `    npx parallax cutover rollback contacts --reason "enough seen" ${flags}`,
    "",
    ...(injections.length === 0
      ? ["  The candidate is faithful: nothing is injected."]
      : ["  Injected between the proxy and Nest, so that there is something to find:", ...faults]),
    "",
  ].join("\n");
}

/** The summary as it stands. */
export function renderSummary(report: Report, traffic: (TrafficSummary & ConversationSummary) | undefined, injections: readonly Injection[]): string {
  const made =
    traffic === undefined
      ? []
      : [
          `traffic: ${traffic.requests} requests, ${traffic.failures} failed; client p50 ${traffic.p50Ms.toFixed(1)} ms, p99 ${traffic.p99Ms.toFixed(1)} ms`,
          `WhatsApp: ${traffic.received} lines from customers, ${traffic.sent} answers sent${traffic.unsaid === 0 ? "" : `, ${traffic.unsaid} could not be said`}`,
          "",
        ];
  return [...made, renderTable(report), "", ...emissions(report), renderDrifts(report), "", ...renderInjections(report, injections)].join("\n");
}

function emissions(report: Report): string[] {
  const text = renderEmissionsText(report.emissions);
  return text === "" ? [] : [text, ""];
}

function renderInjections(report: Report, injections: readonly Injection[]): string[] {
  if (injections.length === 0) return [];
  const { found, missed, unexpected } = matchInjections(injections, report.drifts);
  const gaps = missed.map(({ injection, paths }) => `  not yet whole: ${injection.id} lacks ${paths.join(", ")}`);
  const others = unexpected.map(({ endpoint, path, kind }) => `  not injected: ${endpoint} ${path} ${kind}`);
  return [`injected ${injections.length}, found ${unexpected.length === 0 ? found.length : 0}`, ...gaps, ...others];
}
