import { waitUntil } from "../lib/processes.ts";
import type { Ledger } from "../shadow/core/summary/report.ts";
import type { Bench, BenchOptions, BenchResult } from "./bench.ts";
import { median, medianRatio } from "./figures.ts";
import { ledgerFailures, ledgerTable } from "./ledger-sums.ts";
import { pace, unaskedNote, type LoadResult } from "./load.ts";
import { order } from "./orders.ts";
import type { Parallax } from "./start-parallax.ts";
import { urlOf, withWorkbench, type Workbench } from "./workbench.ts";

const HEALTHY = "healthy";
/** The last part of the path says how the candidate fails; `refused` is its whole port. */
const FAULTS: Readonly<Record<string, string>> = {
  hung: "hung",
  refused: "connection refused",
  errors: "500 always",
  resetting: "resets in mid-body",
  slow: "answers after 2 s",
  garbage: "100 MB of garbage",
};
const PER_SECOND = 300;
const P99_RATIO_GOAL = 1.2;
/** The limit on candidate calls that counts as recovered, and how long that may take. */
const RECOVERED_LIMIT = 4;
const RECOVERY_TIMEOUT_MS = 10_000;

export const faultsBench: Bench = {
  name: "faults",
  about: "what clients notice of a candidate that fails",
  run: (options) => withWorkbench((bench) => run(bench, options)),
};

type Measured = { readonly healthy: LoadResult[]; readonly faulty: LoadResult[] };

async function run(bench: Workbench, { isShort, rounds = isShort ? 1 : 4, seconds = isShort ? 1 : 4 }: BenchOptions): Promise<BenchResult> {
  const upstream = await bench.start("upstream");
  const candidate = await bench.start("faulty");
  const parallax = await bench.startParallax({ yaml: yamlOf(), legacyUrl: urlOf(upstream), candidateUrl: urlOf(candidate) });
  const load = (name: string, forSeconds: number): Promise<LoadResult> =>
    pace({ port: parallax.port, target: `/api/${name}`, seconds: forSeconds }, PER_SECOND);
  await load(HEALTHY, isShort ? 0.5 : 5);

  const measured = new Map<string, Measured>(Object.keys(FAULTS).map((fault) => [fault, { healthy: [], faulty: [] }]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [fault, results] of measured) {
      if (!isShort) await recover(parallax, load);
      results.healthy.push(await load(HEALTHY, seconds));
      if (fault === "refused") await order(candidate, "refuse");
      results.faulty.push(await load(fault, seconds));
      if (!isShort) await parallax.ledgers(); // what this fault left waiting must not be asked of the next one
      if (fault === "refused") await order(candidate, "accept");
    }
  }
  const ledgers = new Map([...(await parallax.ledgers())].filter(([id]) => id !== "default").map(([id, ledger]) => [nameOf(id), ledger]));
  return report(measured, ledgers, `${PER_SECOND} requests/s, ${rounds} rounds of ${seconds} s; each fault right after a healthy round, medians`);
}

function report(measured: ReadonlyMap<string, Measured>, ledgers: ReadonlyMap<string, Ledger>, parameters: string): BenchResult {
  const healthy = [...measured.values()].flatMap((results) => results.healthy);
  const row = (name: string, results: readonly LoadResult[], ratio: number): string[] => [
    name,
    median(results.map(({ p50Ms }) => p50Ms)).toFixed(2),
    median(results.map(({ p99Ms }) => p99Ms)).toFixed(2),
    ratio.toFixed(2),
    String(failedOf(results)),
  ];
  const p99Of = (results: readonly LoadResult[]): number[] => results.map(({ p99Ms }) => p99Ms);
  const ratios = [...measured].map(([fault, results]) => ({ fault, ratio: medianRatio(p99Of(results.faulty), p99Of(results.healthy)) }));
  const rows = ratios.map(({ fault, ratio }) => row(FAULTS[fault] ?? fault, measured.get(fault)?.faulty ?? [], ratio));
  const failed = failedOf([...healthy, ...[...measured.values()].flatMap(({ faulty }) => faulty)]);
  return {
    parameters,
    tables: [
      { title: "Clients, by candidate", head: ["", "p50 ms", "p99 ms", "p99 ratio to healthy", "failed"], rows: [row(HEALTHY, healthy, 1), ...rows] },
      ledgerTable("What became of the reads", ledgers),
    ],
    goals: ratios.map(({ fault, ratio }) => ({
      text: `${FAULTS[fault]}: p99 within ${P99_RATIO_GOAL} × healthy`,
      value: `${ratio.toFixed(2)} ×`,
      isMet: ratio <= P99_RATIO_GOAL,
    })),
    notes: unaskedNote([...healthy, ...[...measured.values()].flatMap(({ faulty }) => faulty)]),
    failures: [...(failed === 0 ? [] : [`${failed} requests failed`]), ...ledgerFailures(ledgers)],
  };
}

function yamlOf(): string {
  const endpoints = [HEALTHY, ...Object.keys(FAULTS)].map((name) => `  - { id: faults.${name}, match: GET /api/${name} }\n`);
  return `endpoints:\n${endpoints.join("")}families:\n  faults: { stage: shadow }\n`;
}

const nameOf = (id: string): string => id.replace("faults.", "");

/** The fault before must not be measured as part of the next healthy round. */
async function recover(parallax: Parallax, load: (name: string, seconds: number) => Promise<LoadResult>): Promise<void> {
  await waitUntil(async () => {
    await load(HEALTHY, 1);
    return (await parallax.limit()) >= RECOVERED_LIMIT;
  }, RECOVERY_TIMEOUT_MS);
}

function failedOf(results: readonly LoadResult[]): number {
  return results.reduce((sum, { failed }) => sum + failed, 0);
}
