import type { Bench, BenchOptions, BenchResult } from "./bench.ts";
import { median, percentile } from "./figures.ts";
import { ledgerFailures, ledgerTable } from "./ledger-sums.ts";
import { pace, unaskedNote, type LoadResult } from "./load.ts";
import { residentMbOf } from "./process-figures.ts";
import { order } from "./orders.ts";
import type { Table } from "./table.ts";
import { urlOf, withWorkbench, type Workbench } from "./workbench.ts";

const YAML = `endpoints:
  - { id: soak.list, match: GET /api/list }
families:
  soak: { stage: shadow }
`;
const PER_SECOND = 500;
const FULL_SECONDS = 300;
const SHORT_SECONDS = 10;
const SAMPLE_EVERY_MS = 1_000;
/** The parts of the time: all well, the candidate hung, all well again; memory is judged over the last three fifths. */
const PARTS = { healthy: 2 / 5, hung: 1 / 5, judged: 3 / 5 } as const;
const FLAT_SHARE = 0.1;

export const soakBench: Bench = {
  name: "soak",
  about: "five minutes at a fixed rate, the candidate hung for one of them",
  run: (options) => withWorkbench((bench) => run(bench, options)),
};

async function run(bench: Workbench, { isShort, seconds = isShort ? SHORT_SECONDS : FULL_SECONDS }: BenchOptions): Promise<BenchResult> {
  const upstream = await bench.start("upstream");
  const candidate = await bench.start("faulty");
  const parallax = await bench.startParallax({ yaml: YAML, legacyUrl: urlOf(upstream), candidateUrl: urlOf(candidate) });
  const load = (share: number): Promise<LoadResult> => pace({ port: parallax.port, target: "/api/list", seconds: seconds * share }, PER_SECOND);
  const sampler = new MemorySampler(parallax.pid);
  const answering = await load(PARTS.healthy);
  await order(candidate, "hang");
  const hung = await load(PARTS.hung);
  await order(candidate, "answer");
  const again = await load(1 - PARTS.healthy - PARTS.hung);
  const judged = sampler.stop(seconds * (1 - PARTS.judged));
  const ledgers = await parallax.ledgers();
  const parts = { "candidate answers": answering, "candidate hung": hung, "candidate answers again": again };
  const failed = answering.failed + hung.failed + again.failed;
  const spread = Math.max(...judged.map((mb) => Math.abs(mb / median(judged) - 1)));
  return {
    parameters: `${seconds} s at ${PER_SECOND} requests/s; the candidate answers for ${seconds * PARTS.healthy} s, hangs for ${seconds * PARTS.hung} s, answers again`,
    tables: [clientTable(parts), memoryTable(judged), ledgerTable("What became of the reads", ledgers)],
    goals: [{ text: `memory within ±${FLAT_SHARE * 100} % of its median`, value: `±${(spread * 100).toFixed(1)} %`, isMet: spread <= FLAT_SHARE }],
    notes: unaskedNote(Object.values(parts)),
    failures: [...(failed === 0 ? [] : [`${failed} requests failed`]), ...ledgerFailures(ledgers)],
  };
}

function clientTable(parts: Readonly<Record<string, LoadResult>>): Table {
  const rows = Object.entries(parts).map(([name, { requests, p50Ms, p99Ms, failed }]) => [
    name,
    String(requests),
    p50Ms.toFixed(2),
    p99Ms.toFixed(2),
    String(failed),
  ]);
  return { title: "Clients", head: ["", "requests", "p50 ms", "p99 ms", "failed"], rows };
}

function memoryTable(judged: readonly number[]): Table {
  const at = (name: string, share: number): string[] => [name, percentile(judged, share).toFixed(0)];
  const rows = [at("least", 0), at("median", 0.5), at("most", 1)];
  return { title: "Resident memory of the proxy with its comparator, the last three fifths", head: ["", "MB"], rows };
}

/** Looks at a process's memory every second. */
class MemorySampler {
  readonly #startedAtMs = Date.now();
  readonly #samples: { readonly atSeconds: number; readonly mb: number }[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.#timer = setInterval(
      () => this.#samples.push({ atSeconds: (Date.now() - this.#startedAtMs) / 1000, mb: residentMbOf(pid) }),
      SAMPLE_EVERY_MS,
    );
  }

  /** What was seen from so many seconds after the start on. */
  stop(fromSeconds: number): number[] {
    clearInterval(this.#timer);
    return this.#samples.filter(({ atSeconds }) => atSeconds >= fromSeconds).map(({ mb }) => mb);
  }
}
