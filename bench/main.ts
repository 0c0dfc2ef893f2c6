import { parseArgs } from "node:util";
import { exitCodeOf, messageOf, AppError } from "../lib/errors.ts";
import { benchProxy } from "./proxy.ts";

const BENCHES = ["proxy"] as const;
const GOAL_RATIO = 0.6;

/** `npm run bench -- proxy [--rounds N] [--seconds N]`: benchmarks, side by side in one run. */
async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: "string", default: "3" }, seconds: { type: "string", default: "8" }, connections: { type: "string", default: "50" } },
  });
  const name = positionals[0] ?? "proxy";
  if (!(BENCHES as readonly string[]).includes(name))
    throw new AppError("USAGE_INVALID", `expected a benchmark (${BENCHES.join(", ")}), got "${name}"`);
  const { ratio, failed } = await benchProxy({
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    connections: Number(values.connections),
  });
  process.stdout.write(`ratio ${ratio.toFixed(2)} (goal ${GOAL_RATIO}), failed requests ${failed}\n`);
  process.exitCode = ratio >= GOAL_RATIO && failed === 0 ? 0 : 1;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${messageOf(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
