import type { Command } from "commander";
import { createApi } from "../api/app.ts";
import { readApiEnv } from "../api/env.ts";
import { installShutdown } from "../lib/shutdown.ts";
import { layeredEnv } from "./env.ts";
import { createProgramLogger } from "./logger.ts";

const GRACE_MS = 15_000;

/** `parallax api`: the Nest WhatsApp service. Its configuration is the environment (.env.example). */
export function addApi(program: Command): void {
  program
    .command("api")
    .description("start the Nest WhatsApp service (configured by the environment: .env.example)")
    .option("--port <port>", "port (PORT; default: 3001)")
    .option("--host <host>", "address to listen on (HOST; default: 127.0.0.1)")
    .action(async ({ port, host }: { readonly port?: string; readonly host?: string }) => {
      const env = readApiEnv(layeredEnv({ flags: { PORT: port, HOST: host } }));
      const log = createProgramLogger("api", env.logLevel);
      const api = createApi(env, log);
      installShutdown({ log, graceMs: GRACE_MS, steps: [{ name: "api", run: () => api.close() }] });
      const listening = await api.listen();
      log.info({ port: listening.port }, "parallax api ready");
    });
}
