import { z } from "zod";
import { parseEnv, portVariable, type EnvSource } from "../../lib/env.ts";
import { parseAppCredentials, type AppCredentials } from "./app-credentials.ts";

const DEFAULT_PORT = 6_001;

const variables = z.object({
  HOST: z.string().default("127.0.0.1"),
  PORT: portVariable.default(DEFAULT_PORT),
  REALTIME_APPS: z.string().transform((text, context): AppCredentials[] => {
    const apps = text.split(",").map(parseAppCredentials);
    const known = apps.filter((app) => app !== undefined);
    if (known.length < apps.length) context.addIssue("expected APP_ID:KEY:SECRET, several of them with commas between");
    return known;
  }),
});

export type BrokerEnv = { readonly host: string; readonly port: number; readonly apps: readonly AppCredentials[] };

export function readBrokerEnv(source: EnvSource = process.env): BrokerEnv {
  const { HOST, PORT, REALTIME_APPS } = parseEnv("realtime", variables, source);
  return { host: HOST, port: PORT, apps: REALTIME_APPS };
}
