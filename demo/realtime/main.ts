import { exitCodeOf, messageOf } from "../../lib/errors.ts";
import { createLogger } from "../../lib/log.ts";
import { installShutdown } from "../../lib/shutdown.ts";
import { readBrokerEnv } from "./env.ts";
import { startRealtime } from "./realtime.ts";

const GRACE_MS = 5_000;

/** The broker as a process of its own. Its configuration is the environment: HOST, PORT, REALTIME_APPS. */
async function main(): Promise<void> {
  const log = createLogger({ program: "realtime", level: "info" });
  try {
    const realtime = await startRealtime(readBrokerEnv());
    installShutdown({ log, graceMs: GRACE_MS, steps: [{ name: "realtime", run: realtime.close }] });
    log.info({ port: realtime.port }, "realtime ready");
  } catch (error) {
    log.error({ reason: messageOf(error) }, "realtime did not start");
    process.exitCode = exitCodeOf(error);
  }
}

await main();
