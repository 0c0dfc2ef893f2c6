type Failure = { readonly requestId: string; readonly failure: string; readonly error: unknown };

/** A request that ended in 500: somebody must look at it. */
export function logFailure({ requestId, failure, error }: Failure): void {
  write({ level: "error", requestId, failure, ...describe(error), frames: framesOf(error), msg: "a request failed" });
}

/** A request that ended in 503: degraded, it may pass by itself. */
export function logUnavailable({ requestId, failure, error }: Failure): void {
  write({ level: "warn", requestId, failure, ...describe(error), msg: "the database could not answer a request" });
}

function write({ level, ...rest }: { readonly level: "error" | "warn"; readonly [field: string]: unknown }): void {
  console.error(JSON.stringify({ level, time: new Date().toISOString(), program: "legacy-next", ...rest }));
}

/** Name and code, never the message: Prisma's messages repeat query arguments, which are numbers and texts of people. */
function describe(error: unknown): { readonly error: string; readonly code: string | undefined } {
  if (!(error instanceof Error)) return { error: typeof error, code: undefined };
  return { error: error.name, code: firstText(error, ["code", "errorCode"]) ?? firstText(error.cause, ["originalCode", "kind", "code"]) };
}

function firstText(source: unknown, keys: readonly string[]): string | undefined {
  const fields = typeof source === "object" && source !== null ? (source as Record<string, unknown>) : {};
  return keys.map((key) => fields[key]).find((value) => typeof value === "string");
}

const MAX_FRAMES = 8;

function framesOf(error: unknown): readonly string[] {
  const lines = error instanceof Error ? (error.stack ?? "").split("\n") : [];
  return lines
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => line.trim());
}
