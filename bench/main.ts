import { parseArgs } from "node:util";
import { AppError, EXIT, exitCodeOf, messageOf } from "../lib/errors.ts";
import { apiBench } from "./api.ts";
import type { Bench, BenchOptions } from "./bench.ts";
import { compareBench } from "./compare.ts";
import { faultsBench } from "./faults.ts";
import { proxyBench } from "./proxy.ts";
import { mediaBench } from "./media.ts";
import { printResult, writeResult } from "./results.ts";
import { sendsBench } from "./sends.ts";
import { soakBench } from "./soak.ts";
import { streamBench } from "./stream.ts";
import { tapBench } from "./tap.ts";
import { workerBench } from "./worker.ts";

const BENCHES: readonly Bench[] = [
  compareBench,
  proxyBench,
  faultsBench,
  streamBench,
  apiBench,
  mediaBench,
  tapBench,
  workerBench,
  sendsBench,
  soakBench,
];
const DEFAULT_CONNECTIONS = 50;

const HELP = `npm run bench -- [NAME] [options]      without a name: all, one after the other

${BENCHES.map(({ name, about }) => `  ${name.padEnd(9)} ${about}`).join("\n")}

  --short            a few seconds: shows that the bench works; nothing is written
  --rounds N         rounds, for benches that have them; nothing is written
  --seconds N        length of a round; nothing is written
  --connections N    connections of a saturating load (default: ${DEFAULT_CONNECTIONS})
  --help             this text

The full form writes its section of bench/results.md. The exit code is 1 when requests failed or a ledger does not sum,
never because of a figure.
`;

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      short: { type: "boolean", default: false },
      rounds: { type: "string" },
      seconds: { type: "string" },
      connections: { type: "string", default: String(DEFAULT_CONNECTIONS) },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const options: BenchOptions = {
    isShort: values.short,
    rounds: toCount("rounds", values.rounds),
    seconds: toCount("seconds", values.seconds),
    connections: toCount("connections", values.connections) ?? DEFAULT_CONNECTIONS,
  };
  const isFull = !options.isShort && options.rounds === undefined && options.seconds === undefined;
  for (const bench of chosen(positionals)) {
    const result = await bench.run(options);
    printResult(bench, result);
    if (isFull) writeResult(bench, result);
    if (result.failures.length > 0) process.exitCode = EXIT.failed;
  }
}

function chosen(names: readonly string[]): readonly Bench[] {
  const unknown = names.find((name) => !BENCHES.some((bench) => bench.name === name));
  if (unknown !== undefined)
    throw new AppError("USAGE_INVALID", `expected benches (${BENCHES.map(({ name }) => name).join(", ")}), got "${unknown}"`);
  return names.length === 0 ? BENCHES : BENCHES.filter(({ name }) => names.includes(name));
}

function toCount(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new AppError("USAGE_INVALID", `--${option}: expected a whole number from 1 on, got "${text}"`);
  return Number(text);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${messageOf(error)}\n`);
  process.exitCode = error instanceof TypeError && "code" in error ? EXIT.usage : exitCodeOf(error);
}
