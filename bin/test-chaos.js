import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** `npm run test:chaos -- [NAME…] [--minutes N] [--seed N]`: the chaos suite, or the files of it whose path holds a name. */
const root = join(dirname(fileURLToPath(import.meta.url)), "..");

function readArguments() {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { minutes: { type: "string" }, seed: { type: "string" } } });
  if (values.minutes !== undefined && !(Number(values.minutes) > 0 && Number(values.minutes) <= 1_440))
    throw new Error(`--minutes: expected a number above 0 and at most 1440, got "${values.minutes}"`);
  if (values.seed !== undefined && !/^\d{1,9}$/.test(values.seed)) throw new Error(`--seed: expected a whole number, got "${values.seed}"`);
  return { names: positionals, minutes: values.minutes, seed: values.seed };
}

let asked;
try {
  asked = readArguments();
} catch (error) {
  console.error(`test:chaos: ${error.message}`);
  process.exit(64);
}
const env = {
  ...process.env,
  ...(asked.minutes === undefined ? {} : { CHAOS_MINUTES: asked.minutes }),
  ...(asked.seed === undefined ? {} : { CHAOS_SEED: asked.seed }),
};
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const { status } = spawnSync(process.execPath, [vitest, "run", "--project", "chaos", ...asked.names], { cwd: root, env, stdio: "inherit" });
process.exit(status ?? 1);
