import type { AppCredentials } from "./app-credentials.ts";

/** Who publishes where, as environments of the demo's programs. */
export type RealtimeWiring = {
  /** The broker's own. */
  readonly broker: Readonly<Record<string, string>>;
  /** Of both systems: where browsers subscribe, and one's own way to publish. */
  readonly legacy: Readonly<Record<string, string>>;
  readonly nest: Readonly<Record<string, string>>;
  /** The proxy's: its tap stands between the systems and the broker. */
  readonly serve: Readonly<Record<string, string>>;
};

export type WiringOptions = {
  readonly host: string;
  readonly brokerPort: number;
  readonly tapPort: number;
  /** A new secret at each call, of letters and digits. */
  readonly newSecret: () => string;
};

/** Browsers always talk to the broker. The systems publish to the tap, each with credentials of its own, so that it can tell them apart. */
export function planWiring({ host, brokerPort, tapPort, newSecret }: WiringOptions): RealtimeWiring {
  const newApp = (name: string): AppCredentials => ({ id: name, key: `${name}-key`, secret: newSecret() });
  const [app, legacyApp, nestApp] = [newApp("demo"), newApp("legacy"), newApp("nest")];
  const browsers = toVariables("PUSHER_CLIENT_", { host, port: brokerPort }, app);
  const emitterOf = (own: AppCredentials): Record<string, string> => toVariables("PUSHER_", { host, port: tapPort }, own);
  return {
    broker: { HOST: host, PORT: String(brokerPort), REALTIME_APPS: toText(app) },
    legacy: { ...browsers, ...emitterOf(legacyApp) },
    nest: { ...browsers, ...emitterOf(nestApp) },
    serve: {
      SOKETI_URL: `http://${app.key}:${app.secret}@${host}:${brokerPort}/apps/${app.id}`,
      TAP_LEGACY_APP: toText(legacyApp),
      TAP_NEST_APP: toText(nestApp),
    },
  };
}

const toText = ({ id, key, secret }: AppCredentials): string => `${id}:${key}:${secret}`;

function toVariables(prefix: string, { host, port }: { host: string; port: number }, { id, key, secret }: AppCredentials): Record<string, string> {
  return {
    [`${prefix}HOST`]: host,
    [`${prefix}PORT`]: String(port),
    [`${prefix}USE_TLS`]: "false",
    [`${prefix}APP_ID`]: id,
    [`${prefix}KEY`]: key,
    [`${prefix}SECRET`]: secret,
  };
}
