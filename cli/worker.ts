import type { Command } from "commander";
import { installShutdown } from "../lib/shutdown.ts";
import { createWorker } from "../worker/app.ts";
import { readWorkerEnv } from "../worker/env.ts";
import { silenceConsole } from "../worker/silence.ts";
import { layeredEnv } from "./env.ts";
import { createProgramLogger } from "./logger.ts";

const GRACE_MS = 20_000;

/** `parallax worker`: holds the WhatsApp sockets. Its configuration is the environment (.env.example). */
export function addWorker(program: Command): void {
  program
    .command("worker")
    .description("start the WhatsApp worker (configured by the environment: .env.example)")
    .option("--port <port>", "port of health and metrics (PORT; default: 3002)")
    .option("--host <host>", "address to listen on (HOST; default: 127.0.0.1)")
    .action(async ({ port, host }: { readonly port?: string; readonly host?: string }) => {
      const env = readWorkerEnv(layeredEnv({ flags: { PORT: port, HOST: host } }));
      const log = createProgramLogger("worker", env.logLevel);
      silenceConsole();
      const worker = createWorker(env, log);
      process.on("unhandledRejection", (error) => worker.strayFailure(error));
      installShutdown({ log, graceMs: GRACE_MS, steps: [{ name: "worker", run: () => worker.stop() }] });
      const listening = await worker.start();
      log.info({ port: listening.port }, "parallax worker ready");
    });
}
