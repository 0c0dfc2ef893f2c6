import { join } from "node:path";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import { waitUntil } from "../lib/processes.ts";
import type { EmissionReport } from "../shadow/core/summary/report.ts";
import type { Bench, BenchOptions, BenchResult } from "./bench.ts";
import { countHeard, EmissionMeter, type Measured } from "./emission-meter.ts";
import { percentile } from "./figures.ts";
import { runProgram, type Program } from "./run-program.ts";
import type { Parallax } from "./start-parallax.ts";
import { withWorkbench, type Workbench } from "./workbench.ts";

const REAL = { id: "real", key: "real-key", secret: "bench-secret-of-the-broker" };
const LEGACY = { id: "legacy", key: "legacy-key", secret: "bench-secret-of-legacy" };
const NEST = { id: "nest", key: "nest-key", secret: "bench-secret-of-nest" };
const NOBODY = "http://127.0.0.1:9";

const FULL = { facts: 2_000, perSecond: 2_000, seconds: 10, rounds: 5 };
const SHORT = { facts: 200, perSecond: 500, seconds: 2, rounds: 2 };
const ADDED_GOAL_MS = 1;
const RATE_GOAL = 2_000;
/** A rate counts as held when the last answer came so little after its time. */
const RATE_TOLERANCE = 0.98;
const SETTLE_TIMEOUT_MS = 60_000;

export const tapBench: Bench = {
  name: "tap",
  about: "emissions through the tap beside emissions straight to the broker",
  run: (options) => withWorkbench((bench) => run(bench, options)),
};

type Plan = typeof FULL;
type Phase = { readonly name: string; readonly inTurn: Measured; readonly atRate: Measured; readonly failures: readonly string[] };

async function run(bench: Workbench, { isShort, seconds, rounds }: BenchOptions): Promise<BenchResult> {
  const chosen = isShort ? SHORT : FULL;
  const plan = { ...chosen, seconds: seconds ?? chosen.seconds, rounds: rounds ?? chosen.rounds };
  const env = { PORT: "0", REALTIME_APPS: `${REAL.id}:${REAL.key}:${REAL.secret}` };
  const broker = await runProgram([join(PACKAGE_ROOT, "dist", "demo", "realtime", "main.js")], { ready: "realtime ready", env });
  bench.keep(broker);
  const single = await throughTap(bench, { broker, mode: "single-writer", plan });
  const dual = await throughTap(bench, { broker, mode: "dual-writer", plan });
  const rows = [single.direct, single.tap, dual.tap];
  const addedMs = median(single.tap.inTurn) - median(single.direct.inTurn);
  return {
    parameters: `${plan.facts} emissions one after the other in ${plan.rounds} rounds by turns, then ${plan.perSecond} emissions/s for ${plan.seconds} s`,
    tables: [latencyTable("One after the other", rows, "inTurn"), latencyTable(`${plan.perSecond} emissions/s`, rows, "atRate")],
    goals: [
      { text: `the tap adds p50 < ${ADDED_GOAL_MS} ms`, value: `${addedMs.toFixed(2)} ms`, isMet: addedMs < ADDED_GOAL_MS },
      ...[single.tap, dual.tap].map(({ name, atRate: { perSecond } }) => ({
        text: `${name}: ${RATE_GOAL} emissions/s sustained`,
        value: `${perSecond.toFixed(0)} /s`,
        isMet: perSecond >= RATE_GOAL * RATE_TOLERANCE,
      })),
    ],
    notes: ["Emitters and one subscriber share a process; the broker and the proxy have their own, on the same cores"],
    failures: rows.flatMap(({ failures }) => failures),
  };
}

type Setup = { readonly broker: Program; readonly mode: "single-writer" | "dual-writer"; readonly plan: Plan };

/** A proxy of its own for each mode; in `dual-writer` nest tells every fact as well, and is not heard. */
async function throughTap(bench: Workbench, { broker, mode, plan }: Setup): Promise<{ readonly direct: Phase; readonly tap: Phase }> {
  const parallax = await bench.startParallax({
    yaml: `extends: whatsapp\nemissions: { mode: ${mode} }\n`,
    legacyUrl: NOBODY,
    candidateUrl: NOBODY,
    env: {
      TAP_PORT: "0",
      SOKETI_URL: `http://${REAL.key}:${REAL.secret}@127.0.0.1:${broker.port}/apps/${REAL.id}`,
      TAP_LEGACY_APP: `${LEGACY.id}:${LEGACY.key}:${LEGACY.secret}`,
      TAP_NEST_APP: `${NEST.id}:${NEST.key}:${NEST.secret}`,
    },
  });
  const direct = new EmissionMeter({ origin: `http://127.0.0.1:${broker.port}`, apps: [REAL] });
  const tellers = mode === "single-writer" ? [LEGACY] : [LEGACY, NEST];
  const tap = new EmissionMeter({ origin: `http://127.0.0.1:${Number(parallax.line["tapPort"])}`, apps: tellers });
  const heard = await countHeard(broker.port, REAL);
  try {
    const turns = { direct: [] as Measured[], tap: [] as Measured[] };
    await Promise.all([direct.inTurn(plan.facts / plan.rounds), tap.inTurn(plan.facts / plan.rounds)]); // warms both up
    const warmHeard = (2 * plan.facts) / plan.rounds;
    await waitUntil(() => heard.count() >= warmHeard, SETTLE_TIMEOUT_MS);
    for (let round = 0; round < plan.rounds; round += 1) {
      turns.direct.push(await direct.inTurn(plan.facts / plan.rounds));
      turns.tap.push(await tap.inTurn(plan.facts / plan.rounds));
    }
    const rates = { direct: await direct.atRate(plan), tap: await tap.atRate(plan) };
    const total = warmHeard + 2 * plan.facts + plan.perSecond * plan.seconds * (1 + 1 / tellers.length);
    await waitUntil(() => heard.count() >= total, SETTLE_TIMEOUT_MS);
    const lost = heard.count() === total ? [] : [`${mode}: ${heard.count()} of ${total} emissions were heard`];
    const facts = plan.facts / plan.rounds + plan.facts + (plan.perSecond * plan.seconds) / tellers.length;
    return {
      direct: toPhase("straight to the broker", turns.direct, rates.direct, []),
      tap: toPhase(mode, turns.tap, rates.tap, [...lost, ...(await ledgerFailures(parallax, { mode, facts }))]),
    };
  } finally {
    heard.close();
    await Promise.all([direct.close(), tap.close()]);
    await parallax.stop();
  }
}

/** Every fact is in the ledger once. At a rate the meter's own connections overtake each other: what nest tells in another order is drift. */
async function ledgerFailures(parallax: Parallax, { mode, facts }: { readonly mode: Setup["mode"]; readonly facts: number }): Promise<string[]> {
  let ledgers: readonly EmissionReport["ledger"][] = [];
  await waitUntil(
    async () => {
      ledgers = (await parallax.report()).emissions.map(({ ledger }) => ledger);
      return ledgers.every(({ pending }) => pending === 0);
    },
    SETTLE_TIMEOUT_MS,
    250,
  );
  const sum = (name: keyof EmissionReport["ledger"]): number => ledgers.reduce((total, ledger) => total + ledger[name], 0);
  const decided = mode === "dual-writer" ? sum("matched") + sum("drift") : sum("notDerivable");
  return decided === facts ? [] : [`${mode}: ${facts} facts were told, the ledger has ${JSON.stringify(ledgers)}`];
}

function toPhase(name: string, turns: readonly Measured[], atRate: Measured, failures: readonly string[]): Phase {
  const inTurn = {
    latenciesMs: turns.flatMap(({ latenciesMs }) => latenciesMs),
    failed: turns.reduce((sum, { failed }) => sum + failed, 0),
    perSecond: turns.reduce((sum, { perSecond }) => sum + perSecond, 0) / turns.length,
  };
  const failed = inTurn.failed + atRate.failed;
  return { name, inTurn, atRate, failures: failed === 0 ? failures : [...failures, `${name}: ${failed} emissions were not taken`] };
}

const median = ({ latenciesMs }: Measured): number => percentile(latenciesMs, 0.5);

function latencyTable(title: string, phases: readonly Phase[], which: "inTurn" | "atRate"): BenchResult["tables"][number] {
  return {
    title,
    head: ["", "p50, ms", "p95, ms", "p99, ms", "emissions/s"],
    rows: phases.map(({ name, [which]: { latenciesMs, perSecond } }) => [
      name,
      ...[0.5, 0.95, 0.99].map((share) => percentile(latenciesMs, share).toFixed(2)),
      perSecond.toFixed(0),
    ]),
  };
}
