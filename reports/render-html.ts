import { judgedOf } from "../shadow/core/summary/build-ledger.ts";
import type { DriftReport, EndpointReport, Report } from "../shadow/core/summary/report.ts";
import type { ExemplarRecord } from "../shadow/store/read-drifts.ts";
import { renderEmissionsHtml } from "./emissions.ts";
import { comparedOf, formatBound, formatCount, formatMs, formatRate, lossOf } from "./format.ts";
import { html, Markup } from "./html.ts";
import { groupSums, LEDGER_GROUPS } from "./ledger-groups.ts";
import { describeSends } from "./render-sends.ts";
import { STYLES } from "./styles.ts";

export type ReportPage = {
  readonly report: Report;
  /** by fingerprint; redacted */ readonly exemplars: ReadonlyMap<string, readonly ExemplarRecord[]>;
};

/** One self-contained page: figures, endpoints with their ledgers, open drifts with examples. Opens from disk. */
export function renderHtml({ report, exemplars }: ReportPage): string {
  return renderDocument(
    "Drift report",
    html`<h1>Drift report</h1>
      <p>${report.since} to ${report.generatedAt}</p>
      ${renderFigures(report)} ${renderSends(report)} ${renderEndpoints(report.endpoints)} ${renderEmissionsHtml(report.emissions)}
      ${renderDrifts(report.drifts, exemplars)}`,
  );
}

export function renderDocument(title: string, body: Markup, head: Markup = html``): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="data:," />
        <title>${title} · Parallax</title>
        ${head}
        <style>
          ${new Markup(STYLES)}
        </style>
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html>`.text;
}

export function renderFigures({ endpoints, drifts }: Report): Markup {
  const sum = (of: (endpoint: EndpointReport) => number): string => formatCount(endpoints.reduce((total, endpoint) => total + of(endpoint), 0));
  const open = drifts.filter(isOpen).length;
  const figure = (value: string, name: string): Markup => html`<div class="figure"><b>${value}</b><span>${name}</span></div>`;
  return html`<div class="figures">
    ${figure(
      sum(({ ledger }) => ledger.eligible),
      "eligible reads",
    )}
    ${figure(
      sum(({ ledger }) => comparedOf(ledger)),
      "compared",
    )}
    ${figure(
      sum(({ ledger }) => ledger.drift),
      "reads with drift",
    )}
    ${figure(
      sum(({ ledger }) => lossOf(ledger)),
      "not compared",
    )}
    ${figure(formatCount(open), "open drifts")}
  </div>`;
}

export function renderSends({ sends }: Report): Markup {
  const text = describeSends(sends);
  return text === undefined ? html`` : html`<p><b>Sends</b> ${text}</p>`;
}

export function renderEndpoints(endpoints: readonly EndpointReport[]): Markup {
  const active = endpoints.filter(({ ledger }) => ledger.eligible > 0);
  if (active.length === 0)
    return html`<h2>Endpoints</h2>
      <p>
        Nothing was mirrored yet: no family is at stage shadow, or no client has asked. Give a family <code>stage: shadow</code> and send traffic to
        the proxy.
      </p>`;
  return html`<h2>Endpoints</h2>
    <p class="key">${LEDGER_GROUPS.map(({ name, title }) => html`<span><i class="${name}"></i>${name}: ${title}</span>`)}</p>
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th>endpoint</th>
            <th>stage</th>
            <th class="n">eligible</th>
            <th class="n">compared</th>
            <th class="n">drift</th>
            <th class="n">not compared</th>
            <th>ledger</th>
            <th class="n">drift rate (bound)</th>
            <th class="n">legacy p50 / p95 ms</th>
            <th class="n">nest p50 / p95 ms</th>
            <th>gate</th>
          </tr>
        </thead>
        <tbody>
          ${active.map(endpointRow)}
        </tbody>
      </table>
    </div>`;
}

function endpointRow({ id, match, stage, ledger, driftRate, latency, gate }: EndpointReport): Markup {
  const segments = groupSums(ledger).filter(({ sum }) => sum > 0);
  const title = Object.entries(ledger)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
  return html`<tr>
    <td><span class="mono" title="${match}">${id}</span></td>
    <td><span class="tag">${stage}</span></td>
    <td class="n">${formatCount(ledger.eligible)}</td>
    <td class="n">${formatCount(comparedOf(ledger))}</td>
    <td class="n">${formatCount(ledger.drift)}</td>
    <td class="n">${formatCount(lossOf(ledger))}</td>
    <td>
      <div class="bar" title="${title}">
        ${segments.map(({ name, sum }) => html`<i class="${name}" style="width:${((100 * sum) / ledger.eligible).toFixed(2)}%"></i>`)}
      </div>
    </td>
    <td class="n" title="${formatRate(driftRate, judgedOf(ledger).judged)}">${formatBound(driftRate, judgedOf(ledger).judged)}</td>
    <td class="n">${formatMs(latency.legacy.p50)} / ${formatMs(latency.legacy.p95)}</td>
    <td class="n">${formatMs(latency.nest.p50)} / ${formatMs(latency.nest.p95)}</td>
    <td><span class="tag ${gate.verdict}">${gate.to === null ? "–" : `${gate.to}: ${gate.verdict}`}</span></td>
  </tr>`;
}

export function renderDrifts(drifts: readonly DriftReport[], exemplars: ReportPage["exemplars"] | undefined): Markup {
  if (drifts.length === 0)
    return html`<h2>Drifts</h2>
      <p>No drift was found in what was compared.</p>`;
  const sorted = drifts.toSorted((one, other) => Number(isOpen(other)) - Number(isOpen(one)) || other.count - one.count);
  return html`<h2>Drifts (${drifts.filter(isOpen).length} open)</h2>
    ${sorted.map((drift) => driftDetails(drift, exemplars === undefined ? undefined : (exemplars.get(drift.fingerprint) ?? [])))}`;
}

function driftDetails(drift: DriftReport, exemplars: readonly ExemplarRecord[] | undefined): Markup {
  const { endpoint, kind, path, legacyShape, nestShape, count, state, intermittent, firstSeen, lastSeen, fingerprint } = drift;
  return html`<details id="${fingerprint}">
    <summary>
      <span class="mono">${endpoint}</span><span>${kind}${intermittent ? " (intermittent)" : ""}</span><code class="path">${path}</code>
      <span class="mono">${legacyShape} → ${nestShape}</span><span title="sightings">${formatCount(count)}×</span
      ><span class="tag ${state}">${state}</span>
    </summary>
    <p>first ${firstSeen}, last ${lastSeen}, fingerprint <code>${fingerprint}</code></p>
    ${exemplars === undefined ? html`<p>Redacted examples: <a href="/api/drifts/${fingerprint}">/api/drifts/${fingerprint}</a></p>` : exemplarPairs(exemplars)}
  </details>`;
}

function exemplarPairs(exemplars: readonly ExemplarRecord[]): Markup {
  return exemplars.length === 0 ? html`<p>No example was kept.</p>` : html`${exemplars.slice(0, EXEMPLARS_SHOWN).map(exemplarPair)}`;
}

const EXEMPLARS_SHOWN = 2;

function exemplarPair({ seenAt, data }: ExemplarRecord): Markup {
  const { request, legacy, nest } = data as {
    request: unknown;
    legacy: { status?: number; value: unknown };
    nest: { status?: number; value: unknown };
  };
  const side = (name: string, { status, value }: { status?: number; value: unknown }): Markup =>
    html`<div>
      <h3>${status === undefined ? name : `${name}, ${status}`}</h3>
      <pre><code>${JSON.stringify(value, null, 2)}</code></pre>
    </div>`;
  return html`<p>${seenAt} <code>${JSON.stringify(request)}</code></p>
    <div class="pair">${side("legacy", legacy)}${side("nest", nest)}</div>`;
}

function isOpen({ state }: DriftReport): boolean {
  return state === "open" || state === "regressed";
}
