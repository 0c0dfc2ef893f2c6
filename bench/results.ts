import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import type { Bench, BenchResult, Goal } from "./bench.ts";
import { renderMarkdown, renderText, type Table } from "./table.ts";

const FILE = join(PACKAGE_ROOT, "bench", "results.md");
/** Before the first bench: what else the machine was doing. */
const LOAD_AT_START = loadavg()[0] ?? 0;
const INTRODUCTION = `# Benchmarks

Written by \`npm run bench\`, one section per bench, each measured side by side in one run.
`;

export function printResult({ name }: Bench, result: BenchResult): void {
  const { parameters, tables, goals, notes, failures } = result;
  const texts = [...tables, ...goalTables(goals)].map(renderText);
  const lines = [...notes, ...failures.map((failure) => `FAILED: ${failure}`)].map((line) => `${line}\n`);
  process.stdout.write(`\n== ${name}: ${parameters}; ${surroundings()}\n\n${[...texts, lines.join("")].join("\n")}`);
}

/** Replaces the bench's section, or adds it; what was written below `### ` headings by hand stays. */
export function writeResult({ name, about }: Bench, { parameters, tables, goals, notes, failures }: BenchResult): void {
  const parts = [
    `## ${name}\n`,
    `${about}. ${parameters}. ${surroundings()}.\n`,
    ...[...tables, ...goalTables(goals)].map(renderMarkdown),
    ...[...notes, ...failures.map((failure) => `Failed: ${failure}`)].map((note) => `${note}.\n`),
  ];
  const known = existsSync(FILE) ? readFileSync(FILE, "utf8") : INTRODUCTION;
  writeFileSync(FILE, replaceSection(known, name, parts.join("\n")));
}

function replaceSection(text: string, name: string, section: string): string {
  const sections = text.split(/^(?=## )/m);
  const index = sections.findIndex((each) => each.startsWith(`## ${name}\n`));
  if (index === -1) return `${text.trimEnd()}\n\n${section}`;
  const byHand = /^### [\s\S]*$/m.exec(sections[index] ?? "")?.[0] ?? "";
  const isLast = index === sections.length - 1;
  return sections.with(index, [section, ...(byHand === "" ? [] : [byHand.trimEnd() + "\n"])].join("\n") + (isLast ? "" : "\n")).join("");
}

function goalTables(goals: readonly Goal[]): Table[] {
  if (goals.length === 0) return [];
  return [{ title: "Goals", head: ["", "measured", "goal"], rows: goals.map(({ text, value, isMet }) => [text, value, isMet ? "met" : "missed"]) }];
}

function surroundings(): string {
  return `Node ${process.versions.node}, ${availableParallelism()} cores, ${process.platform}, load average ${LOAD_AT_START.toFixed(1)} at the start`;
}
