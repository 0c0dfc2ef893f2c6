import { z } from "zod";
import { httpUrlVariable, parseEnv, portVariable, postgresUrlVariable, secretVariable, type EnvSource } from "../../lib/env.ts";

const variables = z.object({
  LEGACY_URL: httpUrlVariable.describe("--legacy: the URL of the legacy system"),
  CANDIDATE_URL: httpUrlVariable.describe("--candidate: the URL of the new system"),
  PORT: portVariable.default(8080),
  OPS_PORT: portVariable.default(8081),
  TAP_PORT: portVariable.default(8082),
  HOST: z.string().default("127.0.0.1"),
  PARALLAX_DATABASE_URL: postgresUrlVariable.optional(),
  PARALLAX_DATA_DIR: z.string().default(".parallax"),
  PARALLAX_SHADOW_SECRET: secretVariable.optional(),
  AUTH_SECRET: secretVariable.optional(),
  SOKETI_URL: z.string().optional(),
  TAP_LEGACY_APP: z.string().optional(),
  TAP_NEST_APP: z.string().optional(),
});

export type DoctorEnv = z.infer<typeof variables>;

/** The variables of `parallax serve` as far as the doctor looks at them. Throws `ENV_INVALID`. */
export function parseDoctorEnv(source: EnvSource): DoctorEnv {
  return parseEnv("parallax doctor", variables, source);
}

const urls = z.object({
  LEGACY_URL: httpUrlVariable.describe("--legacy"),
  PROXY_URL: httpUrlVariable.describe("--proxy: the public URL of the proxy"),
});

const legacy = urls.pick({ LEGACY_URL: true });

/** Where legacy is, directly. Throws `ENV_INVALID`. */
export function parseLegacy(source: EnvSource): z.infer<typeof legacy> {
  return parseEnv("parallax doctor --retired", legacy, source);
}

/** The two addresses of a comparison with a real system. Throws `ENV_INVALID`. */
export function parseAddresses(source: EnvSource): z.infer<typeof urls> {
  return parseEnv("parallax doctor --transparency", urls, source);
}
