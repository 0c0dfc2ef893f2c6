import { performance } from "node:perf_hooks";
import { compare, type Comparison } from "../shadow/core/compare.ts";
import type { CompareSpec } from "../shadow/core/rules.ts";
import type { Pair } from "../shadow/core/types.ts";
import type { Bench, BenchOptions, BenchResult, Goal } from "./bench.ts";
import { contactRows, editRows, moveFirstToEnd, observe, reverseKeys, type Row } from "./documents.ts";
import { percentile } from "./figures.ts";
import { cpuMsOf } from "./process-figures.ts";

const SPEC: CompareSpec = { lists: [], rules: [], headers: ["content-type"] };
const KB = 1_000;
const PAIRS_GOAL = 4_000;

type Case = { readonly name: string; readonly pair: Pair; readonly kind: Comparison["kind"]; readonly differences: number; readonly goalMs?: number };

export const compareBench: Bench = {
  name: "compare",
  about: "the pure comparison, in this process",
  run: (options) => Promise.resolve(run(options)),
};

function run({ isShort, seconds = isShort ? 0.5 : 5 }: BenchOptions): BenchResult {
  const cases = allCases();
  const failures = cases.flatMap(checkCase);
  const measured = cases.map((each) => ({ ...each, ...measure(seconds, [each.pair]) }));
  const mixed = measure(seconds, mixedPairs());
  const goals: Goal[] = measured.flatMap(({ name, goalMs, cpuMs }) =>
    goalMs === undefined ? [] : [{ text: `${name} < ${goalMs} ms`, value: `${cpuMs.toFixed(3)} ms`, isMet: cpuMs < goalMs }],
  );
  const perSecond = 1000 / mixed.cpuMs;
  goals.push({ text: `pairs of 4 KB per second >= ${PAIRS_GOAL}`, value: perSecond.toFixed(0), isMet: perSecond >= PAIRS_GOAL });
  const row = (name: string, bytes: number, { times, cpuMs }: Measured): string[] => [
    name,
    String(bytes),
    percentile(times, 0.5).toFixed(3),
    percentile(times, 0.99).toFixed(3),
    cpuMs.toFixed(3),
    (1000 / cpuMs).toFixed(0),
  ];
  return {
    parameters: `${seconds} s each, one thread; bytes to verdict: parse, align, diff, classify`,
    tables: [
      {
        title: "One comparison",
        head: ["", "bytes", "p50 ms", "p99 ms", "CPU ms", "per CPU second"],
        rows: [...measured.map((each) => row(each.name, bytesOf(each.pair), each)), row("4 KB, mixed", bytesOf(mixedPairs()[0]), mixed)],
      },
    ],
    goals,
    notes: [
      "CPU is the mean of what the thread itself used, where the system counts it: other work on the machine is not in it. The goals are judged by it",
      "Mixed pairs: keys in another order, one edit, one row moved; none has equal bytes",
    ],
    failures,
  };
}

function bytesOf(pair: Pair | undefined): number {
  return pair?.legacy.body.kind === "bytes" ? pair.legacy.body.bytes.length : 0;
}

function allCases(): Case[] {
  const small = contactRows(25 * KB);
  const large = contactRows(500 * KB);
  return [
    { name: "25 KB, equal bytes", pair: pairOf(small, small), kind: "matched", differences: 0, goalMs: 0.05 },
    { name: "25 KB, keys in another order", pair: pairOf(small, reverseKeys(small)), kind: "matched", differences: 0 },
    { name: "25 KB, 3 edits", pair: pairOf(small, editRows(small, 3)), kind: "different", differences: 3 },
    { name: "25 KB, one row moved", pair: pairOf(small, moveFirstToEnd(small)), kind: "different", differences: 1, goalMs: 1 },
    { name: "500 KB, one row moved", pair: pairOf(large, moveFirstToEnd(large)), kind: "different", differences: 1, goalMs: 15 },
  ];
}

function pairOf(legacy: readonly Row[], nest: readonly Row[]): Pair {
  return { legacy: observe("legacy", legacy), nest: observe("nest", nest) };
}

function checkCase({ name, pair, kind, differences }: Case): string[] {
  const found = compare(pair, { spec: SPEC });
  if (found.kind === kind && found.differences.length === differences) return [];
  return [`${name}: expected ${kind} with ${differences} differences, got ${found.kind} with ${found.differences.length}`];
}

type Measured = { readonly times: readonly number[]; readonly cpuMs: number };

/** What the clock says of each comparison, and what the thread used on average. */
function measure(seconds: number, pairs: readonly Pair[]): Measured {
  const times: number[] = [];
  const warmUntil = performance.now() + seconds * 200;
  while (performance.now() < warmUntil) for (const pair of pairs) compare(pair, { spec: SPEC });
  const cpuBefore = cpuMsOf(process.pid, "main thread");
  const startedAt = performance.now();
  for (let now = startedAt; now < startedAt + seconds * 1000;) {
    for (const pair of pairs) {
      compare(pair, { spec: SPEC });
      const after = performance.now();
      times.push(after - now);
      now = after;
    }
  }
  const cpuAfter = cpuMsOf(process.pid, "main thread");
  const usedMs = cpuBefore === undefined || cpuAfter === undefined ? performance.now() - startedAt : cpuAfter - cpuBefore;
  return { times, cpuMs: usedMs / times.length };
}

function mixedPairs(): readonly Pair[] {
  const rows = contactRows(4 * KB);
  return [reverseKeys(rows), editRows(rows, 1), moveFirstToEnd(rows)].map((nest) => pairOf(rows, nest));
}
