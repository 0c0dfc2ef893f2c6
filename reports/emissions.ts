import type { EmissionReport } from "../shadow/core/summary/report.ts";
import { formatCount } from "./format.ts";
import { html, type Markup } from "./html.ts";

/** How the ledger of one event is shown; `other` is what could not be judged. */
const COLUMNS = ["captured", "matched", "drift", "missing", "extra", "duplicate", "raced", "not judged"] as const;

function figuresOf({ ledger }: EmissionReport): string[] {
  const { captured, matched, drift, missing, extra, duplicate, raced, notDerivable, shed, pending } = ledger;
  return [captured, matched, drift, missing, extra, duplicate, raced, notDerivable + shed + pending].map(formatCount);
}

const seen = (emissions: readonly EmissionReport[]): readonly EmissionReport[] => emissions.filter(({ ledger }) => ledger.captured > 0);

/** Nothing while no emission was captured. */
export function renderEmissionsHtml(emissions: readonly EmissionReport[]): Markup {
  const active = seen(emissions);
  if (active.length === 0) return html``;
  return html`<h2>Emissions</h2>
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th>event</th>
            ${COLUMNS.map((column) => html`<th class="n">${column}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${active.map(
            (emission) =>
              html`<tr>
                <td><span class="mono">${emission.event}</span></td>
                ${figuresOf(emission).map((figure) => html`<td class="n">${figure}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

export function renderEmissionsMarkdown(emissions: readonly EmissionReport[]): string[] {
  const active = seen(emissions);
  if (active.length === 0) return [];
  const head = [`| event | ${COLUMNS.join(" | ")} |`, `| --- |${COLUMNS.map(() => " ---: |").join("")}`];
  return ["## Emissions", "", ...head, ...active.map((emission) => `| ${emission.event} | ${figuresOf(emission).join(" | ")} |`), ""];
}

/** Lines for a terminal. */
export function renderEmissionsText(emissions: readonly EmissionReport[]): string {
  const rows = [["event", ...COLUMNS], ...seen(emissions).map((emission) => [emission.event, ...figuresOf(emission)])];
  if (rows.length === 1) return "";
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  "))
    .join("\n");
}
