import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../lib/paths.ts";
import { ATTACKS } from "./attacks.ts";
import { ENDPOINT_IDS } from "./endpoint-index.ts";

/** How many cases asked each endpoint of each system, and what the shadow side made of them; kept per test file until a run's end. */

/** What a test runs against: a system itself, or legacy through the proxy. */
export type TargetName = "legacy" | "nest" | "proxy";
export const TARGET_NAMES: readonly TargetName[] = ["legacy", "nest", "proxy"];

/** endpoint id → target → passed cases. */
export type CaseCounts = Record<string, Partial<Record<TargetName, number>>>;
export type LedgerCounts = Record<string, number>;
export type FileResult = { readonly cases: CaseCounts; readonly ledger: LedgerCounts };

const FOLDER = join(PACKAGE_ROOT, ".cache", "contract-coverage");
export const COVERAGE_PAGE = join(PACKAGE_ROOT, "docs", "contract-coverage.md");

export function forgetResults(): void {
  rmSync(FOLDER, { recursive: true, force: true });
}

export function keepResult(testFile: string, result: FileResult): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${testFile.replaceAll(/\W+/g, "-")}.json`), JSON.stringify(result));
}

export function readResults(): FileResult[] {
  try {
    return readdirSync(FOLDER).map((name) => JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as FileResult);
  } catch {
    return []; // no file of the run kept anything
  }
}

/** Adds figures by key. */
export function sumOf(ledgers: readonly LedgerCounts[]): LedgerCounts {
  const sum: LedgerCounts = {};
  for (const ledger of ledgers) for (const [name, count] of Object.entries(ledger)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

/** The page of the documents: every endpoint of the index, a column a target. */
export function renderCoverage(results: readonly FileResult[]): string {
  const casesOf = (id: string, target: TargetName): number => results.reduce((sum, { cases }) => sum + (cases[id]?.[target] ?? 0), 0);
  const cells = (id: string, figures: readonly number[]): string =>
    `| ${id.padEnd(21)} | ${figures.map((figure, index) => String(figure).padStart(HEADS[index]?.length ?? 0)).join(" | ")} |`;
  const rows = ENDPOINT_IDS.map((id) =>
    cells(
      id,
      TARGET_NAMES.map((target) => casesOf(id, target)),
    ),
  );
  const head = `| ${"endpoint".padEnd(21)} | ${HEADS.join(" | ")} |`;
  const line = `| ${"-".repeat(21)} | ${HEADS.map((text) => `${"-".repeat(text.length - 1)}:`).join(" | ")} |`;
  return `${INTRODUCTION}\n${[head, line, ...rows].join("\n")}\n\n${renderProbe()}`;
}

/** What the two-tenant probe asks: endpoint, method, attack. */
export function renderProbe(): string {
  const rows = ATTACKS.map(({ id, what, foreign, ask, mayAct }) => [id, ask(foreign).method ?? "POST", what, mayAct ? OWN : SAME]);
  const table = [["endpoint", "method", "attack", "answered like"], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0))) ?? [];
  const line = (cells: readonly string[], fill: string): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(" | ")} |`;
  const [head = [], ...body] = table;
  return `${PROBE}\n${[
    line(head, " "),
    line(
      head.map(() => ""),
      "-",
    ),
    ...body.map((cells) => line(cells, " ")),
  ].join("\n")}\n`;
}

const SAME = "an unknown name";
const OWN = "a session that is not there";
const PROBE = `## The two-tenant probe

A super_admin of one tenant names what belongs to another, on every endpoint, on each of the three targets. The answer holds nothing of the other tenant and cannot be told from the one in the last column; no row of the other tenant changes.
`;

const HEADS = ["legacy (Next)", "nest", "through the proxy"];
const INTRODUCTION = `# What the contract suite covers

One black-box suite runs against the legacy app, against Nest, and against the legacy app through the proxy at stage \`shadow\`. A case is a passed test that asked the endpoint at least once; a request that must be refused counts as one that must succeed does.

Written by \`npm run test:contract\` when the whole suite ran. Do not edit.
`;
