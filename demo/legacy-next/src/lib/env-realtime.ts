import type { EnvReader } from "./env-reader.ts";

/** How one side reaches the broker. */
export type Broker = {
  readonly appId: string;
  readonly key: string;
  readonly secret: string;
  readonly host: string;
  readonly port: number;
  readonly useTls: boolean;
};

/** `emitter`: where we publish (in a dual run the tap). `client`: where browsers subscribe, the real broker. */
export type Realtime = { readonly emitter: Broker; readonly client: Broker; readonly cluster: string };

const PORTS = { min: 1, max: 65_535 };
const DEFAULT_CLUSTER = "mt1";
const NEEDED = ["PUSHER_HOST", "PUSHER_APP_ID", "PUSHER_KEY", "PUSHER_SECRET"] as const;

/** undefined when no variable says anything of a broker: realtime is then not configured, and nothing else fails. */
export function readRealtime(reader: EnvReader): Realtime | undefined {
  const missing = NEEDED.filter((name) => reader.optional(name) === undefined);
  if (missing.length === NEEDED.length) return undefined;
  for (const name of missing) reader.problems.push(`${name} is required, because other PUSHER_ variables are set`);
  const emitter = readBroker(reader, "PUSHER_", undefined);
  return { emitter, client: readBroker(reader, "PUSHER_CLIENT_", emitter), cluster: reader.optional("PUSHER_CLUSTER") ?? DEFAULT_CLUSTER };
}

function readBroker(reader: EnvReader, prefix: string, other: Broker | undefined): Broker {
  const text = (name: string, fallback: string | undefined): string => reader.optional(`${prefix}${name}`) ?? fallback ?? "";
  const useTls = reader.flag(`${prefix}USE_TLS`, other?.useTls ?? true);
  return {
    appId: text("APP_ID", other?.appId),
    key: text("KEY", other?.key),
    secret: text("SECRET", other?.secret),
    host: text("HOST", other?.host),
    port: reader.integer(`${prefix}PORT`, { fallback: other?.port ?? (useTls ? 443 : 80), ...PORTS }),
    useTls,
  };
}
