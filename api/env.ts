import { z } from "zod";
import { parseEnv, portVariable, postgresUrlVariable, secretVariable, type EnvSource } from "../lib/env.ts";
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

const variables = z.object({
  PORT: portVariable.default(3_001),
  HOST: z.string().default("127.0.0.1"),
  DATABASE_URL: postgresUrlVariable.describe("the application's database, postgresql://…"),
  AUTH_SECRET: secretVariable.describe("the HS256 key of user tokens, shared with the legacy app"),
  ALLOWED_ORIGINS: originsVariable.default([]),
  PARALLAX_SHADOW_SECRET: secretVariable.optional(),
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
    logLevel: env.LOG_LEVEL,
  };
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
