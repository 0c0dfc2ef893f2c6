const METHODS = ["debug", "error", "info", "log", "trace", "warn"] as const;

/**
 * Takes the console away from everybody in this process. The Signal library prints sessions with their private keys there;
 * our own words go through the log, which writes to stdout by itself.
 */
export function silenceConsole(target: Pick<Console, (typeof METHODS)[number]> = globalThis.console): void {
  for (const method of METHODS) target[method] = () => {};
}
