import { Command, CommanderError } from "commander";
import { AppError } from "../lib/errors.ts";

/** Bad usage ends with 64 and one line; help and version are no errors. */
export function createProgram(): Command {
  const program = new Command("parallax");
  program
    .description("Moves a live API from one system to another without anyone noticing: mirrors, compares, reports drift")
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return program;
}

/** Commander's refusal as one of ours; undefined when it only printed help. */
export function toUsageError(error: CommanderError): AppError | undefined {
  if (error.exitCode === 0) return undefined;
  const message =
    error.code === "commander.help" ? "expected a verb; parallax --help lists them" : error.message.replace(/^error: /, "").split("\n", 1)[0];
  return new AppError("USAGE_INVALID", message ?? "bad usage", { cause: error });
}
