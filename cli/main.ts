import { CommanderError, type Command } from "commander";
import { exitCodeOf, messageOf } from "../lib/errors.ts";
import { createProgram, toUsageError } from "./program.ts";

/** The `parallax` command: one file a verb. A verb is loaded when it is asked for: a rollback must not wait for the demo. */
const VERBS: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  demo: async () => (await import("./demo.ts")).addDemo,
  serve: async () => (await import("./serve.ts")).addServe,
  api: async () => (await import("./api.ts")).addApi,
  worker: async () => (await import("./worker.ts")).addWorker,
  report: async () => (await import("./report.ts")).addReport,
  gate: async () => (await import("./gate.ts")).addGate,
  cutover: async () => (await import("./cutover.ts")).addCutover,
  sends: async () => (await import("./sends.ts")).addSends,
  doctor: async () => (await import("./doctor.ts")).addDoctor,
  migrate: async () => (await import("./migrate.ts")).addMigrate,
};

/** Errors are one line on stderr, never a stack. */
const program = createProgram();
const asked = Object.entries(VERBS).filter(([verb]) => verb === process.argv[2]);
for (const [, load] of asked.length === 0 ? Object.entries(VERBS) : asked) (await load())(program);

try {
  await program.parseAsync();
} catch (error) {
  const failure = error instanceof CommanderError ? toUsageError(error) : error;
  if (failure !== undefined) {
    process.stderr.write(`parallax: ${messageOf(failure).replaceAll("\n", " ")}\n`);
    process.exit(exitCodeOf(failure));
  }
}
