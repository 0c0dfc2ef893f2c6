import { messageOf } from "./errors.ts";
import type { Logger } from "./log.ts";

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

export type ShutdownOptions = {
  readonly log: Logger;
  /** All steps together may take this long; then the process ends with code 1. */
  readonly graceMs: number;
  /** In order; each is awaited. A step that fails is logged and the rest go on. */
  readonly steps: readonly { readonly name: string; readonly run: () => Promise<void> }[];
};

/**
 * Runs the steps once on the first SIGTERM or SIGINT (a second one is ignored), then ends the process: 0 when all went
 * well, 1 otherwise. Returns a function that starts the same shutdown by hand.
 */
export function installShutdown({ log, graceMs, steps }: ShutdownOptions): () => Promise<number> {
  let running: Promise<number> | undefined;
  const shutdown = (): Promise<number> => (running ??= runSteps(steps, log, graceMs));
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      void shutdown().then((code) => process.exit(code));
    });
  }
  return shutdown;
}

async function runSteps(steps: ShutdownOptions["steps"], log: Logger, graceMs: number): Promise<number> {
  const deadline = setTimeout(() => {
    log.error({ graceMs }, "shutdown took too long");
    process.exit(1);
  }, graceMs);
  let code = 0;
  for (const step of steps) {
    try {
      await step.run();
    } catch (error) {
      code = 1;
      log.error({ step: step.name, reason: messageOf(error) }, "shutdown step failed");
    }
  }
  clearTimeout(deadline);
  return code;
}
