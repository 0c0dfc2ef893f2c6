import { randomBytes } from "node:crypto";
import type { Bench, BenchOptions, BenchResult } from "./bench.ts";
import { median } from "./figures.ts";
import { pace, saturate, unaskedNote, type Load, type LoadResult } from "./load.ts";
import { urlOf, withWorkbench, type Workbench } from "./workbench.ts";

/** The same POST to the same owner through the same proxy: as a plain write, and through the ledger. */
const YAML = `endpoints:
  - { id: plain.post, match: POST /plain, class: write }
  - { id: sends.text, match: POST /send, class: send }
families:
  sends: { stage: shadow, doubleClickGuard: true }
`;
const PACED_PER_SECOND = 100;
const CONNECTIONS = 32;
const GOAL = { addedP50Ms: 4, acceptedPerSecond: 500 } as const;

export const sendsBench: Bench = {
  name: "sends",
  about: "a POST through the send ledger against the same POST as a plain write, at a fixed rate and saturated",
  run: (options) => withWorkbench((bench) => run(bench, options)),
};

const PLAIN = "plain POST";
const KEYED = "send with a key";
const KEYLESS = "send without a key, guarded";
const CONTESTANTS = [PLAIN, KEYED, KEYLESS] as const;
type Rounds = ReadonlyMap<string, LoadResult[]>;

async function run(bench: Workbench, { isShort, rounds = isShort ? 1 : 3, seconds = isShort ? 1 : 3 }: BenchOptions): Promise<BenchResult> {
  const upstream = await bench.start("upstream");
  const parallax = await bench.startParallax({ yaml: YAML, legacyUrl: urlOf(upstream), candidateUrl: urlOf(upstream) });
  const { port } = parallax;
  for (const name of CONTESTANTS) await saturate({ ...loadOf(name, port), seconds: isShort ? 0.5 : 2 }, CONNECTIONS);
  const before = await parallax.sends();
  const paced = await alternate(rounds, (name) => pace({ ...loadOf(name, port), seconds }, PACED_PER_SECOND));
  const saturated = await alternate(rounds, (name) => saturate({ ...loadOf(name, port), seconds }, CONNECTIONS));
  const accepted = (await parallax.sends()).accepted - before.accepted;
  const answered = [KEYED, KEYLESS].flatMap((name) => [...(paced.get(name) ?? []), ...(saturated.get(name) ?? [])]);
  const asked = answered.reduce((sum, { requests, failed }) => sum + requests - failed, 0);
  const failed = [...paced.values(), ...saturated.values()].flat().reduce((sum, each) => sum + each.failed, 0);
  const [addedP50, addedP99] = [added(paced, (each) => each.p50Ms), added(paced, (each) => each.p99Ms)];
  const perSecond = median((saturated.get(KEYED) ?? []).map((each) => each.perSecond));
  return {
    parameters: `POST of 120 bytes to an owner that answers at once; embedded PostgreSQL as \`serve\` runs it (every commit on disk); ${rounds} rounds of ${seconds} s, taking turns; saturated with ${CONNECTIONS} connections; medians of the rounds`,
    tables: [tableOf(`At ${PACED_PER_SECOND} requests/s`, paced), tableOf("Saturated", saturated)],
    goals: [
      { text: `${PACED_PER_SECOND}/s: added p50 < ${GOAL.addedP50Ms} ms`, value: `${addedP50.toFixed(2)} ms`, isMet: addedP50 < GOAL.addedP50Ms },
      { text: `saturated: >= ${GOAL.acceptedPerSecond} sends/s accepted`, value: perSecond.toFixed(0), isMet: perSecond >= GOAL.acceptedPerSecond },
    ],
    notes: [`added p99 at ${PACED_PER_SECOND}/s: ${addedP99.toFixed(2)} ms`, ...unaskedNote([...paced.values()].flat())],
    failures: [
      ...(failed === 0 ? [] : [`${failed} requests failed`]),
      ...(accepted === asked ? [] : [`${asked} sends were answered, the ledger counted ${accepted}`]),
    ],
  };
}

/** Texts and keys are new each time: a repeated one would be answered from the ledger. */
function loadOf(name: (typeof CONTESTANTS)[number], port: number): Omit<Load, "seconds"> {
  const batch = randomBytes(6).toString("hex");
  const target = name === PLAIN ? "/plain" : "/send";
  const request = (index: number): Buffer => {
    const body = JSON.stringify({ sessionId: "main", toJid: "15550100001", content: `message ${batch} ${String(index).padStart(8, "0")}` });
    const key = name === KEYED ? `idempotency-key: ${batch}-${index}\r\n` : "";
    return Buffer.from(
      `POST ${target} HTTP/1.1\r\nhost: bench.test\r\nauthorization: Bearer a-token-of-the-bench\r\ncontent-type: application/json\r\n${key}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  };
  return { port, target, request };
}

async function alternate(rounds: number, load: (name: (typeof CONTESTANTS)[number]) => Promise<LoadResult>): Promise<Rounds> {
  const results = new Map<string, LoadResult[]>(CONTESTANTS.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const name of round % 2 === 0 ? CONTESTANTS : CONTESTANTS.toReversed()) results.get(name)?.push(await load(name));
  return results;
}

function added(rounds: Rounds, figure: (result: LoadResult) => number): number {
  const plain = (rounds.get(PLAIN) ?? []).map(figure);
  return median((rounds.get(KEYED) ?? []).map((result, round) => figure(result) - (plain[round] ?? Number.NaN)));
}

function tableOf(title: string, rounds: Rounds): BenchResult["tables"][number] {
  const cell = (results: readonly LoadResult[], figure: (result: LoadResult) => number, digits: number): string =>
    median(results.map(figure)).toFixed(digits);
  const rows = [...rounds].map(([name, results]) => [
    name,
    cell(results, (each) => each.perSecond, 0),
    cell(results, (each) => each.p50Ms, 2),
    cell(results, (each) => each.p99Ms, 2),
  ]);
  return { title, head: ["", "requests/s", "p50 ms", "p99 ms"], rows };
}
