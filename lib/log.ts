import { pino, type DestinationStream, type Logger } from "pino";

export type { Logger } from "pino";

/** The net under every log call: these paths never reach a writer, whoever logs them. */
const SENSITIVE_FIELDS = [
  "authorization",
  "cookie",
  "set-cookie",
  "token",
  "secret",
  "password",
  "idempotency-key",
  "phone",
  "phoneNumber",
  "normalizedPhone",
  "jid",
  "remoteJid",
  "pn",
  "lid",
  "name",
  "displayName",
  "pushName",
  "email",
  "content",
  "text",
  "message",
  "qr",
  "qrCode",
  "url",
  "body",
] as const;

/** Paths for pino's redaction: each field at the root and down to three levels. pino's own `err.message` is kept. */
export const REDACT_PATHS: readonly string[] = SENSITIVE_FIELDS.flatMap((field) => {
  const key = /^[A-Za-z]+$/.test(field) ? `.${field}` : `["${field}"]`;
  const root = /^[A-Za-z]+$/.test(field) ? field : `["${field}"]`;
  return [root, `req${key}`, `request${key}`, `headers${key}`, `req.headers${key}`, `request.headers${key}`, `data${key}`, `payload${key}`];
});

export type LogLevel = "fatal" | "error" | "warn" | "info" | "debug" | "trace" | "silent";

export type LoggerOptions = {
  readonly program: string;
  readonly level: LogLevel;
  readonly destination?: DestinationStream;
};

/** A pino logger that writes JSON lines: object first, then a constant sentence. Redaction is not optional. */
export function createLogger({ program, level, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { program },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: [...REDACT_PATHS], censor: "[redacted]" },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
