import type { LoggerService } from "@nestjs/common";
import type { Logger } from "../../lib/log.ts";

/** Nest's own log lines, as JSON lines of this program. Its chatter at start is of interest while debugging only. */
export function createNestLogger(log: Logger): LoggerService {
  const context = (rest: readonly unknown[]) => ({ nest: typeof rest.at(-1) === "string" ? rest.at(-1) : undefined });
  return {
    log: (text: unknown, ...rest: unknown[]) => log.debug(context(rest), String(text)),
    debug: (text: unknown, ...rest: unknown[]) => log.debug(context(rest), String(text)),
    verbose: (text: unknown, ...rest: unknown[]) => log.trace(context(rest), String(text)),
    warn: (text: unknown, ...rest: unknown[]) => log.warn(context(rest), String(text)),
    error: (text: unknown, ...rest: unknown[]) => log.error(context(rest), String(text)),
    fatal: (text: unknown, ...rest: unknown[]) => log.fatal(context(rest), String(text)),
  };
}
