import { pino, type Logger } from "pino";
import { env } from "./env.ts";

type Failure = { readonly requestId: string; readonly failure: string; readonly error: unknown };

/** Never a text, number, address, name or token: this is the net under every call, not the plan. */
const REDACTED = [
  "authorization",
  "cookie",
  "token",
  "secret",
  "phoneNumber",
  "jid",
  "remoteJid",
  "name",
  "contactName",
  "email",
  "content",
  "qr",
  "url",
  "body",
  "data",
];

// Route handlers are bundled apart: on globalThis they still share one logger.
const shared = globalThis as typeof globalThis & { legacyLog?: Logger };

/** JSON lines on the console: object first, then a constant sentence. */
export function log(): Logger {
  shared.legacyLog ??= pino(
    {
      level: env().logLevel,
      base: { program: "legacy-next" },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED.flatMap((field) => [field, `*.${field}`]), censor: "[redacted]" },
    },
    { write: (line) => console.error(line.trimEnd()) },
  );
  return shared.legacyLog;
}

/** A request that ended in 500: somebody must look at it. */
export function logFailure({ requestId, failure, error }: Failure): void {
  log().error({ requestId, failure, ...describeError(error), frames: framesOf(error) }, "a request failed");
}

/** A request that ended in 503: degraded, it may pass by itself. */
export function logUnavailable({ requestId, failure, error }: Failure): void {
  log().warn({ requestId, failure, ...describeError(error) }, "the database could not answer a request");
}

/** Name and code, never the message: Prisma's messages repeat query arguments, which are numbers and texts of people. */
export function describeError(error: unknown): { readonly error: string; readonly code: string | undefined } {
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
