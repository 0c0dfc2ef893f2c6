import type { Command } from "commander";
import { z } from "zod";
import { runDemo } from "../demo/start.ts";
import { parseEnv } from "../lib/env.ts";
import { AppError } from "../lib/errors.ts";
import { layeredEnv } from "./env.ts";
import { createProgramLogger } from "./logger.ts";
import { print } from "./print.ts";

type Flags = {
  readonly once?: boolean;
  readonly seconds: string;
  readonly faithful?: boolean;
  readonly traffic: boolean;
  readonly freePorts?: boolean;
  readonly keep?: boolean;
  readonly dataDir?: string;
};

const variables = z.object({ PARALLAX_DATA_DIR: z.string().default(".parallax") });
const CLEAR_SCREEN = "\u001B[2J\u001B[3J\u001B[H";
const MAX_SECONDS = 86_400;

/** `parallax demo`: the whole dual run on this machine. What `npm start` runs. */
export function addDemo(program: Command): void {
  program
    .command("demo")
    .description("run the whole dual run on this machine: databases, legacy app, Nest, proxy, traffic")
    .option("--once", "run the traffic for --seconds, write a report, print the summary, stop")
    .option("--seconds <n>", "how long the traffic runs with --once", "20")
    .option("--faithful", "inject no drift")
    .option("--no-traffic", "make no traffic: use the admin page")
    .option("--free-ports", "listen on free ports instead of 8080, 8081, 8082, 3000, 3001, 6001")
    .option("--keep", "keep the databases of the last run")
    .option("--data-dir <folder>", "data directory (PARALLAX_DATA_DIR; default: .parallax)")
    .action((flags: Flags) => run(flags));
}

async function run({ once, seconds, faithful, traffic, freePorts, keep, dataDir }: Flags): Promise<void> {
  const onceSeconds = once === true ? parseSeconds(seconds) : undefined;
  const env = parseEnv("parallax demo", variables, layeredEnv({ flags: { PARALLAX_DATA_DIR: dataDir } }));
  const end = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => end.abort());
  const isTerminal = process.stdout.isTTY;
  process.exitCode = await runDemo({
    dataDir: env.PARALLAX_DATA_DIR,
    onceSeconds,
    isFaithful: faithful === true,
    hasTraffic: traffic,
    hasFreePorts: freePorts === true,
    isKept: keep === true,
    log: createProgramLogger("demo", "warn"),
    print,
    show: (text) => print(isTerminal ? CLEAR_SCREEN + text : text),
    signal: end.signal,
  });
  process.exit();
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_SECONDS) return seconds;
  throw new AppError("USAGE_INVALID", `--seconds: expected a whole number from 1 to ${MAX_SECONDS}, got "${text}"`);
}
