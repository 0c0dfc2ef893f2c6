import { join } from "node:path";
import { EnvReader, isUrl, type EnvSource } from "./env-reader.ts";
import { readRealtime, type Realtime } from "./env-realtime.ts";
import { FAMILIES, type Family } from "./http/families.ts";

/** The environment of the legacy app: read once, checked at start (instrumentation.ts), never read anywhere else. */
export type Env = {
  readonly databaseUrl: string;
  /** Key of the HS256 user tokens, shared with Nest. */
  readonly authSecret: string;
  /** Keys of the HS256 tokens of workers: the first signs, all verify. None: the ingest API refuses everybody. */
  readonly serviceTokenSecrets: readonly string[];
  /** Origins other than our own that may call the API from a browser. */
  readonly allowedOrigins: readonly string[];
  /** The demo's sign-in page: whoever reaches it can be any user. */
  readonly isSignInEnabled: boolean;
  /** Families that moved to the new service: asked directly, they answer 410. */
  readonly retiredFamilies: readonly Family[];
  readonly realtime: Realtime | undefined;
  /** Where media files lie, shared with Nest and the worker. */
  readonly mediaDir: string;
  readonly mediaMaxBytes: number;
  /** Per user; 0 is off. */
  readonly sendRatePerMinute: number;
  readonly authRatePerMinute: number;
  readonly logLevel: LogLevel;
};

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const MIN_SECRET_CHARACTERS = 16;
const DEFAULT_MEDIA_DIR = join(".parallax", "media");
/** The size of a file is an INTEGER column. */
const MEDIA_BYTES = { fallback: 1_073_741_824, min: 1, max: 2_147_483_647 };
const SEND_RATE = { fallback: 120, min: 0, max: 1_000_000 };
const AUTH_RATE = { fallback: 300, min: 0, max: 1_000_000 };

/** One message for all that is wrong: nobody should have to start the app five times to find five problems. */
export class EnvError extends Error {
  override readonly name = "EnvError";
  constructor(problems: readonly string[]) {
    super(`legacy-next cannot start: ${problems.join("; ")}`);
  }
}

/** Throws `EnvError`. An empty variable counts as absent; values are not repeated where they may hold a secret. */
export function parseEnv(source: EnvSource): Env {
  const reader = new EnvReader(source);
  const parsed = {
    databaseUrl: readDatabaseUrl(reader),
    authSecret: readAuthSecret(reader),
    serviceTokenSecrets: reader.list("SERVICE_TOKEN_SECRET"),
    allowedOrigins: readOrigins(reader),
    isSignInEnabled: reader.flag("DEMO_SIGN_IN", false),
    retiredFamilies: readFamilies(reader),
    realtime: readRealtime(reader),
    mediaDir: reader.optional("MEDIA_DIR") ?? DEFAULT_MEDIA_DIR,
    mediaMaxBytes: reader.integer("MEDIA_MAX_BYTES", MEDIA_BYTES),
    sendRatePerMinute: reader.integer("SEND_RATE_PER_MINUTE", SEND_RATE),
    authRatePerMinute: reader.integer("AUTH_RATE_PER_MINUTE", AUTH_RATE),
    logLevel: readLogLevel(reader),
  };
  checkApiBaseUrl(reader);
  if (reader.problems.length > 0) throw new EnvError(reader.problems);
  return parsed;
}

let cached: Env | undefined;

/** Lazily, because `next build` loads every route without an environment. */
export function env(): Env {
  cached ??= parseEnv(process.env);
  return cached;
}

function readDatabaseUrl(reader: EnvReader): string {
  const url = reader.optional("DATABASE_URL");
  if (url === undefined) reader.problems.push("DATABASE_URL is required (a postgresql:// URL)");
  else if (!isUrl(url, ["postgresql:", "postgres:"])) reader.problems.push("DATABASE_URL: expected a postgresql:// URL");
  return url ?? "";
}

function readAuthSecret(reader: EnvReader): string {
  const secret = reader.optional("AUTH_SECRET");
  if (secret === undefined) reader.problems.push(`AUTH_SECRET is required (at least ${MIN_SECRET_CHARACTERS} characters)`);
  else if (secret.length < MIN_SECRET_CHARACTERS) reader.problems.push(`AUTH_SECRET: expected at least ${MIN_SECRET_CHARACTERS} characters`);
  return secret ?? "";
}

function readOrigins(reader: EnvReader): readonly string[] {
  const origins = reader.list("ALLOWED_ORIGINS");
  const bad = origins.filter((origin) => !isOrigin(origin));
  if (bad.length > 0) reader.problems.push(`ALLOWED_ORIGINS: not an origin like https://admin.example: ${bad.join(", ")}`);
  return origins;
}

function readFamilies(reader: EnvReader): readonly Family[] {
  const names = reader.list("RETIRED_FAMILIES");
  const unknown = names.filter((name) => !FAMILIES.some((family) => family === name));
  if (unknown.length > 0) reader.problems.push(`RETIRED_FAMILIES: no such family: ${unknown.join(", ")}; expected some of ${FAMILIES.join(", ")}`);
  return FAMILIES.filter((family) => names.includes(family));
}

function readLogLevel(reader: EnvReader): LogLevel {
  const text = reader.optional("LOG_LEVEL") ?? "info";
  const level = LOG_LEVELS.find((each) => each === text);
  if (level === undefined) reader.problems.push(`LOG_LEVEL: expected one of ${LOG_LEVELS.join(", ")}, got "${text}"`);
  return level ?? "info";
}

/** Fixed when Next builds; a bad value at start still shows that the build and the deployment disagree. */
function checkApiBaseUrl(reader: EnvReader): void {
  const url = reader.optional("NEXT_PUBLIC_WHATSAPP_API_BASE_URL");
  if (url === undefined || isUrl(url, ["http:", "https:"])) return;
  reader.problems.push(`NEXT_PUBLIC_WHATSAPP_API_BASE_URL: expected an http:// or https:// URL, got "${url}"`);
}

function isOrigin(text: string): boolean {
  return isUrl(text, ["http:", "https:"]) && new URL(text).origin === text;
}
