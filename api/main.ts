import { exitCodeOf, messageOf } from "../lib/errors.ts";
import { createLogger } from "../lib/log.ts";
import { installShutdown } from "../lib/shutdown.ts";
import { createApi } from "./app.ts";
import { readApiEnv } from "./env.ts";

const GRACE_MS = 15_000;

async function main(): Promise<void> {
  const env = readApiEnv();
  const log = createLogger({ program: "api", level: env.logLevel });
  const api = createApi(env, log);
  installShutdown({ log, graceMs: GRACE_MS, steps: [{ name: "api", run: api.close }] });
  const { port } = await api.listen();
  log.info({ port }, "parallax api ready");
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(exitCodeOf(error));
}
