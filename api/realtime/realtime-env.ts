import { z } from "zod";
import { booleanVariable, portVariable, secretVariable } from "../../lib/env.ts";
import { AppError } from "../../lib/errors.ts";

/** One side of a Pusher-protocol broker. */
export type Broker = {
  readonly host: string;
  readonly port: number;
  readonly useTLS: boolean;
  readonly appId: string;
  readonly key: string;
  readonly secret: string;
};

export type RealtimeEnv = {
  /** Where we broadcast: in a dual run the tap. */
  readonly emitter: Broker;
  /** What browsers use: always the real broker. */
  readonly client: Broker;
  readonly cluster: string;
};

const DEFAULT_PORT = 6_001;

const brokerVariables = {
  PUSHER_HOST: z.string().optional(),
  PUSHER_PORT: portVariable.optional(),
  PUSHER_USE_TLS: booleanVariable.optional(),
  PUSHER_APP_ID: z.string().optional(),
  PUSHER_KEY: z.string().optional(),
  PUSHER_SECRET: secretVariable.optional(),
};

export const realtimeVariables = {
  ...brokerVariables,
  PUSHER_CLUSTER: z.string().default("mt1"),
  PUSHER_CLIENT_HOST: z.string().optional(),
  PUSHER_CLIENT_PORT: portVariable.optional(),
  PUSHER_CLIENT_USE_TLS: booleanVariable.optional(),
  PUSHER_CLIENT_APP_ID: z.string().optional(),
  PUSHER_CLIENT_KEY: z.string().optional(),
  PUSHER_CLIENT_SECRET: secretVariable.optional(),
};

type Variables = z.infer<z.ZodObject<typeof realtimeVariables>>;

const NEEDED = ["PUSHER_HOST", "PUSHER_APP_ID", "PUSHER_KEY", "PUSHER_SECRET"] as const;

/** Undefined when none of the needed variables is set. Throws `ENV_INVALID` when only some of them are. */
export function readRealtimeEnv(env: Variables): RealtimeEnv | undefined {
  const missing = NEEDED.filter((name) => env[name] === undefined);
  if (missing.length === NEEDED.length) return undefined;
  const { PUSHER_HOST: host, PUSHER_APP_ID: appId, PUSHER_KEY: key, PUSHER_SECRET: secret } = env;
  if (host === undefined || appId === undefined || key === undefined || secret === undefined) {
    throw new AppError(
      "ENV_INVALID",
      `api cannot start: realtime is half configured, ${missing.join(", ")} missing (set all of ${NEEDED.join(", ")}, or none)`,
    );
  }
  const emitter = { host, port: env.PUSHER_PORT ?? DEFAULT_PORT, useTLS: env.PUSHER_USE_TLS ?? false, appId, key, secret };
  const client = {
    host: env.PUSHER_CLIENT_HOST ?? emitter.host,
    port: env.PUSHER_CLIENT_PORT ?? emitter.port,
    useTLS: env.PUSHER_CLIENT_USE_TLS ?? emitter.useTLS,
    appId: env.PUSHER_CLIENT_APP_ID ?? emitter.appId,
    key: env.PUSHER_CLIENT_KEY ?? emitter.key,
    secret: env.PUSHER_CLIENT_SECRET ?? emitter.secret,
  };
  return { emitter, client, cluster: env.PUSHER_CLUSTER };
}
