import type { Ledger } from "../shadow/core/summary/report.ts";
import type { Bench, BenchOptions, BenchResult, Goal } from "./bench.ts";
import { median, medianRatio } from "./figures.ts";
import { ledgerFailures, ledgerSince, ledgerTable } from "./ledger-sums.ts";
import { pace, saturate, unaskedNote, type LoadResult } from "./load.ts";
import { nginxVersion, startNginxMirror } from "./nginx.ts";
import { cpuMsOf } from "./process-figures.ts";
import type { Program } from "./run-program.ts";
import type { Parallax } from "./start-parallax.ts";
import type { Table } from "./table.ts";
import { urlOf, withWorkbench, type Workbench } from "./workbench.ts";

const YAML = `endpoints:
  - { id: contacts.list, match: GET /api/whatsapp/contacts }
families:
  contacts: { stage: shadow }
`;
const TARGET = "/api/whatsapp/contacts";
/** The limit on candidate calls is down to a probe after some three seconds. */
const SETTLE_SECONDS = 4;
const PACED_PER_SECOND = 1_500;
const GOAL = { saturatedRatio: 0.9, addedP50Ms: 0.3, p99Ratio: 1.5 } as const;

export const proxyBench: Bench = {
  name: "proxy",
  about: "bare @fastify/http-proxy, nginx mirror and Parallax with everything mirrored, saturated and at a fixed rate",
  run: (options) => withWorkbench((bench) => run(bench, options)),
};

type Contestant = { readonly name: string; readonly program: Program };
type Round = LoadResult & { readonly cpuUs: number | undefined; readonly mainCpuUs: number | undefined };
type Rounds = ReadonlyMap<string, readonly Round[]>;

const DIRECT = "direct, no proxy";
const BARE = "@fastify/http-proxy";
const NGINX = "nginx mirror";
const PARALLAX = "parallax, all mirrored";

async function run(
  bench: Workbench,
  { isShort, rounds = isShort ? 1 : 5, seconds = isShort ? 1 : 4, connections }: BenchOptions,
): Promise<BenchResult> {
  const upstream = await bench.start("upstream");
  const parallax = await bench.startParallax({ yaml: YAML, legacyUrl: urlOf(upstream), candidateUrl: urlOf(upstream) });
  const nginx = nginxVersion();
  const contestants: Contestant[] = [
    { name: DIRECT, program: upstream },
    { name: BARE, program: await bench.start("bare-proxy", urlOf(upstream)) },
    { name: PARALLAX, program: parallax },
  ];
  if (nginx !== undefined) contestants.push({ name: NGINX, program: await startNginx(bench, upstream) });
  const warmUp = isShort ? 0.5 : 3;
  for (const { program } of contestants) await saturate({ port: program.port, target: TARGET, seconds: warmUp }, connections);

  const proxies = contestants.filter(({ name }) => name !== DIRECT);
  const unloaded = await ledgerOf(parallax);
  // Saturated as a proxy is under a load that lasts: what sheds has found its limit before it is measured.
  const settleSeconds = isShort ? 0.5 : SETTLE_SECONDS;
  const settle = async (port: number): Promise<void> => void (await saturate({ port, target: TARGET, seconds: settleSeconds }, connections));
  const saturated = await alternate(proxies, rounds, (port) => saturate({ port, target: TARGET, seconds }, connections), settle);
  const afterSaturated = await ledgerOf(parallax);
  const paced = await alternate(contestants, rounds, (port) => pace({ port, target: TARGET, seconds }, PACED_PER_SECOND));
  const afterPaced = await ledgerOf(parallax);
  const ledgers = new Map([
    ["saturated", ledgerSince(afterSaturated, unloaded)],
    [`${PACED_PER_SECOND} requests/s`, ledgerSince(afterPaced, afterSaturated)],
  ]);
  return {
    parameters: `GET of ${Number(upstream.line["bytes"])} bytes of JSON; ${rounds} rounds of ${seconds} s, contestants taking turns; saturated with ${connections} connections, each round after ${settleSeconds} s of the same load; medians of the rounds, ratios of neighbouring rounds`,
    tables: [saturatedTable(saturated), pacedTable(paced), ledgerTable("What became of Parallax's reads", ledgers)],
    goals: [...saturatedGoals(saturated), ...pacedGoals(paced, ledgers)],
    notes: [nginx === undefined ? "nginx is not installed here: not compared" : `nginx ${nginx}`, ...unaskedNote([...paced.values()].flat())],
    failures: [...failedRequests(saturated), ...failedRequests(paced), ...ledgerFailures(ledgers)],
  };
}

async function startNginx(bench: Workbench, upstream: Program): Promise<Program> {
  const program = await startNginxMirror(bench.folder, upstream.port);
  bench.keep(program);
  return program;
}

async function ledgerOf(parallax: Parallax): Promise<Ledger> {
  const ledger = (await parallax.ledgers()).get("contacts.list");
  if (ledger === undefined) throw new Error("the summary has no endpoint contacts.list");
  return ledger;
}

async function alternate(
  contestants: readonly Contestant[],
  rounds: number,
  load: (port: number) => Promise<LoadResult>,
  settle: (port: number) => Promise<void> = () => Promise.resolve(),
): Promise<Rounds> {
  const results = new Map<string, Round[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    // Every other round backwards: none always comes after the same neighbour.
    for (const { name, program } of round % 2 === 0 ? contestants : contestants.toReversed()) {
      await settle(program.port);
      const before = { all: cpuMsOf(program.pid), main: cpuMsOf(program.pid, "main thread") };
      const result = await load(program.port);
      const each = (now: number | undefined, then: number | undefined): number | undefined =>
        now === undefined || then === undefined ? undefined : ((now - then) * 1000) / result.requests;
      const cpuUs = each(cpuMsOf(program.pid), before.all);
      results.get(name)?.push({ ...result, cpuUs, mainCpuUs: each(cpuMsOf(program.pid, "main thread"), before.main) });
    }
  }
  return results;
}

const of = (rounds: Rounds, name: string, figure: (round: Round) => number): number[] => (rounds.get(name) ?? []).map(figure);
const perSecond = ({ perSecond: value }: Round): number => value;
const p50 = ({ p50Ms }: Round): number => p50Ms;
const p99 = ({ p99Ms }: Round): number => p99Ms;

function saturatedTable(rounds: Rounds): Table {
  const rows = [...rounds.keys()].map((name) => [
    name,
    median(of(rounds, name, perSecond)).toFixed(0),
    medianRatio(of(rounds, name, perSecond), of(rounds, BARE, perSecond)).toFixed(2),
    median(of(rounds, name, p50)).toFixed(1),
    median(of(rounds, name, p99)).toFixed(1),
    ...cpuCells(rounds, name),
  ]);
  return { title: "Saturated", head: ["", "requests/s", "ratio to bare", "p50 ms", "p99 ms", "CPU µs/request", "of it main thread"], rows };
}

function pacedTable(rounds: Rounds): Table {
  const rows = [...rounds.keys()].map((name) => [
    name,
    median(of(rounds, name, p50)).toFixed(2),
    addedP50(rounds, name, DIRECT).toFixed(2),
    median(of(rounds, name, p99)).toFixed(2),
    medianRatio(of(rounds, name, p99), of(rounds, BARE, p99)).toFixed(2),
    ...cpuCells(rounds, name),
  ]);
  const head = ["", "p50 ms", "added to direct", "p99 ms", "p99 ratio to bare", "CPU µs/request", "of it main thread"];
  return { title: `At ${PACED_PER_SECOND} requests/s`, head, rows };
}

function addedP50(rounds: Rounds, name: string, reference: string): number {
  const references = of(rounds, reference, p50);
  return median(of(rounds, name, p50).map((value, round) => value - (references[round] ?? Number.NaN)));
}

function cpuCells(rounds: Rounds, name: string): string[] {
  const cell = (figure: (round: Round) => number | undefined): string => {
    const values = (rounds.get(name) ?? []).flatMap((round) => figure(round) ?? []);
    return values.length === 0 ? "–" : median(values).toFixed(0);
  };
  return [cell(({ cpuUs }) => cpuUs), cell(({ mainCpuUs }) => mainCpuUs)];
}

function saturatedGoals(rounds: Rounds): Goal[] {
  const ratioTo = (name: string): number => medianRatio(of(rounds, PARALLAX, perSecond), of(rounds, name, perSecond));
  const toBare = ratioTo(BARE);
  const goals = [{ text: `saturated: >= ${GOAL.saturatedRatio} × bare`, value: `${toBare.toFixed(2)} ×`, isMet: toBare >= GOAL.saturatedRatio }];
  if (!rounds.has(NGINX)) return goals;
  const toNginx = ratioTo(NGINX);
  return [...goals, { text: "saturated: ahead of nginx mirror", value: `${toNginx.toFixed(2)} ×`, isMet: toNginx > 1 }];
}

function pacedGoals(rounds: Rounds, ledgers: ReadonlyMap<string, Ledger>): Goal[] {
  const shed = [...ledgers.values()].at(-1)?.shed ?? 0;
  const added = addedP50(rounds, PARALLAX, BARE);
  const addedToDirect = addedP50(rounds, PARALLAX, DIRECT);
  const ratio = medianRatio(of(rounds, PARALLAX, p99), of(rounds, BARE, p99));
  const prefix = `${PACED_PER_SECOND} requests/s`;
  return [
    { text: `${prefix}: nothing shed`, value: String(shed), isMet: shed === 0 },
    { text: `${prefix}: added to bare p50 <= ${GOAL.addedP50Ms} ms`, value: `${added.toFixed(2)} ms`, isMet: added <= GOAL.addedP50Ms },
    {
      text: `${prefix}: added to direct p50 <= ${GOAL.addedP50Ms} ms`,
      value: `${addedToDirect.toFixed(2)} ms`,
      isMet: addedToDirect <= GOAL.addedP50Ms,
    },
    { text: `${prefix}: p99 <= ${GOAL.p99Ratio} × bare`, value: `${ratio.toFixed(2)} ×`, isMet: ratio <= GOAL.p99Ratio },
  ];
}

function failedRequests(rounds: Rounds): string[] {
  return [...rounds].flatMap(([name, results]) => {
    const failed = results.reduce((sum, result) => sum + result.failed, 0);
    return failed === 0 ? [] : [`${name}: ${failed} requests failed`];
  });
}
