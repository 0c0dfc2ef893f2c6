import { z } from "zod";
import { parseEnv, portVariable, postgresUrlVariable, secretVariable, type EnvSource } from "../lib/env.ts";
import { readRealtimeEnv, realtimeVariables, type RealtimeEnv } from "./realtime/realtime-env.ts";
import type { LogLevel } from "../lib/log.ts";

/** What the service needs to know from outside. */
export type ApiEnv = {
  readonly port: number;
  readonly host: string;
  readonly databaseUrl: string;
  /** Signs and verifies user tokens (HS256); shared with the legacy app. */
  readonly authSecret: string;
  /** Origins that may read replies in a browser and write with a cookie; none by default. */
  readonly allowedOrigins: readonly string[];
  /** Verifies the shadow role; without it every request that claims the role is refused. */
  readonly shadowSecret: string | undefined;
  /** Verify service tokens of the ingest API; none: every ingest call is refused. The first one signs, elsewhere. */
  readonly serviceTokenSecrets: readonly string[];
  /** Undefined: nothing is broadcast. */
  readonly realtime: RealtimeEnv | undefined;
  readonly mediaDir: string;
  readonly mediaMaxBytes: number;
  /** Sends of one user a minute; 0: no limit. */
  readonly sendRatePerMinute: number;
  /** Realtime authorisations of one user a minute; 0: no limit. */
  readonly authRatePerMinute: number;
  readonly logLevel: LogLevel;
};

const originsVariable = z
  .string()
  .transform((list) =>
    list
      .split(",")
      .map((origin) => origin.trim())
      .filter((origin) => origin !== ""),
  )
  .refine((origins) => origins.every(isOrigin), "expected a comma list of origins such as https://admin.example.com, never *");

const wholeVariable = z.coerce.number({ error: "expected a whole number" }).int("expected a whole number").min(0, "expected 0 or more");

const secretsVariable = z
  .string()
  .transform((list) => list.split(",").map((secret) => secret.trim()))
  .refine((secrets) => secrets.every((secret) => secret.length >= 16), "expected a comma list of secrets of at least 16 characters");

const variables = z.object({
  PORT: portVariable.default(3_001),
  HOST: z.string().default("127.0.0.1"),
  DATABASE_URL: postgresUrlVariable.describe("the application's database, postgresql://…"),
  AUTH_SECRET: secretVariable.describe("the HS256 key of user tokens, shared with the legacy app"),
  ALLOWED_ORIGINS: originsVariable.default([]),
  PARALLAX_SHADOW_SECRET: secretVariable.optional(),
  SERVICE_TOKEN_SECRET: secretsVariable.default([]),
  ...realtimeVariables,
  MEDIA_DIR: z.string().default(".parallax/media"),
  MEDIA_MAX_BYTES: wholeVariable.min(1, "expected at least 1").default(1_073_741_824),
  SEND_RATE_PER_MINUTE: wholeVariable.default(120),
  AUTH_RATE_PER_MINUTE: wholeVariable.default(300),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
});

/** Reads and checks the environment. Throws `ENV_INVALID` with one message that names every missing or bad variable. */
export function readApiEnv(source: EnvSource = process.env): ApiEnv {
  const env = parseEnv("api", variables, source);
  return {
    port: env.PORT,
    host: env.HOST,
    databaseUrl: env.DATABASE_URL,
    authSecret: env.AUTH_SECRET,
    allowedOrigins: env.ALLOWED_ORIGINS,
    shadowSecret: env.PARALLAX_SHADOW_SECRET,
    serviceTokenSecrets: env.SERVICE_TOKEN_SECRET,
    realtime: readRealtimeEnv(env),
    mediaDir: env.MEDIA_DIR,
    mediaMaxBytes: env.MEDIA_MAX_BYTES,
    sendRatePerMinute: env.SEND_RATE_PER_MINUTE,
    authRatePerMinute: env.AUTH_RATE_PER_MINUTE,
    logLevel: env.LOG_LEVEL,
  };
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
