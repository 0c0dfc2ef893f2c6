import { CommanderError } from "commander";
import { exitCodeOf, messageOf } from "../lib/errors.ts";
import { addDemo } from "./demo.ts";
import { addApi } from "./api.ts";
import { addCutover } from "./cutover.ts";
import { addDoctor } from "./doctor.ts";
import { addGate } from "./gate.ts";
import { addMigrate } from "./migrate.ts";
import { createProgram, toUsageError } from "./program.ts";
import { addReport } from "./report.ts";
import { addServe } from "./serve.ts";

/** The `parallax` command: one file a verb. Errors are one line on stderr, never a stack. */
const program = createProgram();
for (const add of [addDemo, addServe, addApi, addReport, addGate, addCutover, addMigrate, addDoctor]) add(program);

try {
  await program.parseAsync();
} catch (error) {
  const failure = error instanceof CommanderError ? toUsageError(error) : error;
  if (failure !== undefined) {
    process.stderr.write(`parallax: ${messageOf(failure).replaceAll("\n", " ")}\n`);
    process.exit(exitCodeOf(failure));
  }
}
