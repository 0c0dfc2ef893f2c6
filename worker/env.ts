import { z } from "zod";
import { booleanVariable, httpUrlVariable, parseEnv, portVariable, postgresUrlVariable, type EnvSource } from "../lib/env.ts";
import type { LogLevel } from "../lib/log.ts";
import { DEFAULT_MEDIA_HOSTS, isMediaHostList, parseMediaHosts, type MediaHost } from "./media/media-hosts.ts";

/** What the worker needs to know from outside. */
export type WorkerEnv = {
  readonly databaseUrl: string;
  /** Where what is received goes: Nest, or in a dual run the proxy, which hands it to the owner of its family. */
  readonly ingestUrl: string;
  /** Asked when the first does not answer. */
  readonly ingestFallbackUrl: string | undefined;
  /** The first signs; the others are for those who verify. */
  readonly serviceTokenSecret: string;
  readonly spoolDir: string;
  readonly mediaDir: string;
  readonly mediaMaxBytes: number;
  /** Where media are fetched from, in this order; a sender never names one. */
  readonly mediaHosts: readonly MediaHost[];
  readonly whatsappUrl: string;
  /** Encrypt and decrypt credentials and keys in the database: the first encrypts, all decrypt. None: they lie there in clear. */
  readonly authStateKeys: readonly Buffer[];
  /** Puts the sender's name before each text. */
  readonly isAgentPrefixed: boolean;
  /** Messages a session sends in a minute; 0: no limit. */
  readonly sendsPerMinute: number;
  readonly host: string;
  /** Health and metrics. */
  readonly port: number;
  readonly logLevel: LogLevel;
};

const KEY_BYTES = 32;
const KEY = /^[0-9a-f]{64}$/i;

const wholeVariable = z.coerce.number({ error: "expected a whole number" }).int("expected a whole number").min(0, "expected 0 or more");

const secretsVariable = z
  .string()
  .transform((list) => list.split(",").map((secret) => secret.trim()))
  .refine((secrets) => secrets.every((secret) => secret.length >= 16), "expected a comma list of secrets of at least 16 characters");

const keysVariable = z
  .string()
  .transform((list) => list.split(",").map((key) => key.trim()))
  .refine((keys) => keys.every((key) => KEY.test(key)), `expected a comma list of keys of ${KEY_BYTES} bytes in hex (64 digits)`)
  .transform((keys) => keys.map((key) => Buffer.from(key, "hex")));

const mediaHostsVariable = z
  .string()
  .refine(isMediaHostList, 'expected a comma list of host or host:port, for example "mmg.whatsapp.net"')
  .transform(parseMediaHosts);

const webSocketUrlVariable = z.string().refine((url) => /^wss?:\/\//.test(url) && URL.canParse(url), "expected a ws:// or wss:// URL");

const variables = z.object({
  DATABASE_URL: postgresUrlVariable.describe("the application's database, postgresql://…"),
  INGEST_URL: httpUrlVariable.describe("the API that takes in what is received, http://…; in a dual run the proxy"),
  INGEST_FALLBACK_URL: httpUrlVariable.optional(),
  SERVICE_TOKEN_SECRET: secretsVariable.describe("signs the worker's tokens; shared with both APIs"),
  SPOOL_DIR: z.string().default(".parallax/spool"),
  MEDIA_DIR: z.string().default(".parallax/media"),
  MEDIA_MAX_BYTES: wholeVariable.min(1, "expected at least 1").default(1_073_741_824),
  MEDIA_HOSTS: mediaHostsVariable.default(parseMediaHosts(DEFAULT_MEDIA_HOSTS)),
  WHATSAPP_WS_URL: webSocketUrlVariable.default("wss://web.whatsapp.com/ws/chat"),
  AUTH_STATE_KEY: keysVariable.default([]),
  SEND_AGENT_PREFIX: booleanVariable.default(false),
  SEND_RATE_PER_SESSION: wholeVariable.default(120),
  HOST: z.string().default("127.0.0.1"),
  PORT: portVariable.default(3_002),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
});

/** Reads and checks the environment. Throws `ENV_INVALID` with one message that names every missing or bad variable. */
export function readWorkerEnv(source: EnvSource = process.env): WorkerEnv {
  const env = parseEnv("worker", variables, source);
  return {
    databaseUrl: env.DATABASE_URL,
    ingestUrl: env.INGEST_URL,
    ingestFallbackUrl: env.INGEST_FALLBACK_URL,
    serviceTokenSecret: env.SERVICE_TOKEN_SECRET[0] ?? "",
    spoolDir: env.SPOOL_DIR,
    mediaDir: env.MEDIA_DIR,
    mediaMaxBytes: env.MEDIA_MAX_BYTES,
    mediaHosts: env.MEDIA_HOSTS,
    whatsappUrl: env.WHATSAPP_WS_URL,
    authStateKeys: env.AUTH_STATE_KEY,
    isAgentPrefixed: env.SEND_AGENT_PREFIX,
    sendsPerMinute: env.SEND_RATE_PER_SESSION,
    host: env.HOST,
    port: env.PORT,
    logLevel: env.LOG_LEVEL,
  };
}
