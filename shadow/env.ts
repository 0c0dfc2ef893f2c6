import { join } from "node:path";
import { z } from "zod";
import { booleanVariable, httpUrlVariable, parseEnv, portVariable, postgresUrlVariable, secretVariable, type EnvSource } from "../lib/env.ts";
import { readOrMakeSecret } from "../lib/secret-file.ts";
import { parseOpsTokens, type OpsToken } from "./ops/operators.ts";

/** Variables of `parallax serve` (interfaces section 2). Flags are variables that win. */
export const serveVariables = z.object({
  LEGACY_URL: httpUrlVariable.describe("--legacy: the URL of the legacy system"),
  CANDIDATE_URL: httpUrlVariable.describe("--candidate: the URL of the new system"),
  PORT: portVariable.default(8080),
  OPS_PORT: portVariable.default(8081),
  TAP_PORT: portVariable.default(8082),
  TAP_LEGACY_APP: z.string().optional(),
  TAP_NEST_APP: z.string().optional(),
  SOKETI_URL: z.string().optional(),
  HOST: z.string().default("127.0.0.1"),
  PARALLAX_DATABASE_URL: postgresUrlVariable.optional(),
  PARALLAX_OPS_TOKENS: z.string().optional(),
  PARALLAX_SHADOW_SECRET: secretVariable.optional(),
  PARALLAX_REDACT_KEY: secretVariable.optional(),
  PARALLAX_AUDIT_KEY: secretVariable.optional(),
  PARALLAX_SEND_KEY: secretVariable.optional(),
  PARALLAX_DATA_DIR: z.string().default(".parallax"),
  METRICS_PUBLIC: booleanVariable.default(false),
  AUTH_SECRET: secretVariable.optional(),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"], {
      error: ({ input }) => `expected fatal, error, warn, info, debug, trace or silent, got "${String(input)}"`,
    })
    .default("info"),
});

export type ServeEnv = z.infer<typeof serveVariables>;

export function parseServeEnv(source: EnvSource): ServeEnv {
  return parseEnv("parallax serve", serveVariables, source);
}

/** The operators' tokens; without any, one releaser's is made and kept in a file, whose path is to be shown. */
export function opsTokensOf(env: Pick<ServeEnv, "PARALLAX_OPS_TOKENS" | "PARALLAX_DATA_DIR">): {
  readonly tokens: readonly OpsToken[];
  readonly madeIn: string | undefined;
} {
  if (env.PARALLAX_OPS_TOKENS !== undefined) return { tokens: parseOpsTokens(env.PARALLAX_OPS_TOKENS), madeIn: undefined };
  const file = join(env.PARALLAX_DATA_DIR, "ops-token");
  return { tokens: [{ name: "operator", role: "releaser", secret: readOrMakeSecret(file) }], madeIn: file };
}

export function redactKeyOf(env: Pick<ServeEnv, "PARALLAX_REDACT_KEY" | "PARALLAX_DATA_DIR">): string {
  return env.PARALLAX_REDACT_KEY ?? readOrMakeSecret(join(env.PARALLAX_DATA_DIR, "redact-key"));
}

export function auditKeyOf(env: { readonly PARALLAX_AUDIT_KEY?: string | undefined; readonly PARALLAX_DATA_DIR: string }): string {
  return env.PARALLAX_AUDIT_KEY ?? readOrMakeSecret(join(env.PARALLAX_DATA_DIR, "audit-key"));
}

export function sendKeyOf(env: { readonly PARALLAX_SEND_KEY?: string | undefined; readonly PARALLAX_DATA_DIR: string }): string {
  return env.PARALLAX_SEND_KEY ?? readOrMakeSecret(join(env.PARALLAX_DATA_DIR, "send-key"));
}
