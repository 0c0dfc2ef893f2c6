/** Codes are AREA_WHAT; areas whose fault lies with the caller's command line or configuration end with exit code 64. */
const USAGE_AREAS = new Set(["USAGE", "CONFIG", "ENV"]);

/** Exit codes of every verb. `inconclusive` is the gate's own. */
export const EXIT = { done: 0, failed: 1, inconclusive: 2, usage: 64 } as const;

/** An error with a stable code and a message that says what happened, to what, and what was expected. */
export class AppError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "AppError";
    this.code = code;
  }
}

/** 64 for bad usage or configuration, 1 for everything else. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof AppError)) return EXIT.failed;
  const area = error.code.split("_", 1)[0] ?? "";
  return USAGE_AREAS.has(area) ? EXIT.usage : EXIT.failed;
}

/** The text of anything that was thrown; never a stack. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node, undici or PostgreSQL error, when it has one. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}
