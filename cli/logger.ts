import pretty from "pino-pretty";
import { createLogger, type Logger, type LogLevel } from "../lib/log.ts";

/** JSON lines, or lines for people when a person is looking. */
export function createProgramLogger(program: string, level: LogLevel): Logger {
  if (!process.stdout.isTTY) return createLogger({ program, level });
  return createLogger({ program, level, destination: pretty({ colorize: true, ignore: "pid,hostname,program", sync: true }) });
}
