import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { request } from "undici";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import { readOrMakeSecret } from "../lib/secret-file.ts";
import { startChild, type Child } from "./child.ts";
import type { DemoDatabases } from "./databases.ts";
import { INJECTIONS, type Injection } from "./injections.ts";
import { startInjector } from "./injector.ts";
import type { DemoPorts } from "./ports.ts";
import { startQrSource } from "./qr-source.ts";
import { planWiring } from "./realtime/wiring.ts";
import { handOverSessions, pairSales, planWhatsappSide } from "./whatsapp-side.ts";

const LOOPBACK = "127.0.0.1";
const CLI = join(PACKAGE_ROOT, "bin", "parallax.js");
const NEXT = join(PACKAGE_ROOT, "node_modules", "next", "dist", "bin", "next");
const LEGACY = join(PACKAGE_ROOT, "demo", "legacy-next");
const BROKER = join(PACKAGE_ROOT, "dist", "demo", "realtime", "main.js");

/**
 * Every family is shadowed, both systems know idempotency keys; what the preset says of the endpoints stays. The gate's limits are the demo's own, so that a
 * minute of traffic on a busy machine can pass: never take them for a real system.
 */
const DEMO_CONFIG = `extends: whatsapp
families:
  sessions: { stage: shadow }
  analytics: { stage: shadow }
  contacts: { stage: shadow }
  conversation: { stage: shadow }
  sends: { stage: shadow, legacyHonoursKey: true, nestHonoursKey: true, doubleClickGuard: true }
  transfers: { stage: shadow }
  realtime: { stage: shadow }
  config: { stage: shadow }
gate: { maxDriftRate: 0.2, maxErrorDelta: 0.05, maxP95Ratio: 4, maxEmissionDriftRate: 1, maxLoss: 0.2 }
`;

export type DemoSystems = {
  readonly urls: Readonly<Record<"proxy" | "ops" | "legacy" | "nest" | "realtime" | "phone" | "worker", string>>;
  readonly opsToken: string;
  readonly authSecret: string;
  /** Signs what a worker asks of the ingest API. */
  readonly serviceTokenSecret: string;
  readonly injections: readonly Injection[];
  readonly pids: Readonly<Record<string, number>>;
  /** For the other verbs: `--config` and `--data-dir` of this demo. */
  readonly configFile: string;
  readonly dataDir: string;
  /** In order: the proxy first, so that no client meets a system that is gone. */
  readonly stop: () => Promise<void>;
};

export type DemoSystemsOptions = {
  readonly ports: DemoPorts;
  readonly databases: DemoDatabases;
  readonly dataDir: string;
  readonly isFaithful: boolean;
  readonly onExit: (name: string, how: string) => void;
};

/** Starts the broker, the legacy app, Nest, the injector and the proxy as processes of their own. */
export async function startSystems({ ports, databases, dataDir, isFaithful, onExit }: DemoSystemsOptions): Promise<DemoSystems> {
  const [authSecret, shadowSecret, serviceTokenSecret] = [newSecret(), newSecret(), newSecret()];
  const opsToken = readOrMakeSecret(join(dataDir, "ops-token"));
  const urls = {
    proxy: at(ports.proxy),
    ops: at(ports.ops),
    legacy: at(ports.legacy),
    nest: at(ports.nest),
    realtime: at(ports.realtime),
    phone: at(ports.phone),
    worker: at(ports.worker),
  };
  const wiring = planWiring({ host: LOOPBACK, brokerPort: ports.realtime, tapPort: ports.tap, newSecret });
  const logFolder = join(dataDir, "logs");
  const shared = {
    DATABASE_URL: databases.whatsappUrl,
    AUTH_SECRET: authSecret,
    SERVICE_TOKEN_SECRET: serviceTokenSecret,
    MEDIA_DIR: join(dataDir, "media"),
  };
  const started: Stoppable[] = [];
  const start = async (child: Promise<Child>): Promise<Child> => {
    const running = await child;
    started.unshift(running);
    return running;
  };
  const stop = async (): Promise<void> => {
    for (const each of started) await each.stop();
  };
  const options = (name: string, url: string) => ({ name, logFolder, isReady: () => answers(url), onExit: (how: string) => onExit(name, how) });

  try {
    // First to come, last to go: who publishes finds it there.
    const realtime = await start(startChild({ ...options("realtime", urls.realtime), args: [BROKER], env: wiring.broker }));
    const [legacy, nest] = await Promise.all([
      start(
        startChild({
          ...options("legacy", `${urls.legacy}/api/whatsapp/sessions`),
          args: [NEXT, "start", LEGACY, "-p", String(ports.legacy), "-H", LOOPBACK],
          env: { ...shared, ...wiring.legacy, DEMO_SIGN_IN: "true", NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
        }),
      ),
      start(
        startChild({
          ...options("nest", `${urls.nest}/readyz`),
          args: [CLI, "api"],
          env: { ...shared, ...wiring.nest, PORT: String(ports.nest), PARALLAX_SHADOW_SECRET: shadowSecret },
        }),
      ),
    ]);
    const injections = isFaithful ? [] : INJECTIONS;
    const injector = isFaithful ? undefined : await startInjector(urls.nest, injections);
    if (injector !== undefined) started.unshift({ stop: injector.close });
    const configFile = join(dataDir, "demo.yaml");
    writeFileSync(configFile, DEMO_CONFIG);
    const serve = await start(
      startChild({
        ...options("serve", `${urls.ops}/healthz`),
        args: [CLI, "serve", "--config", configFile, "--data-dir", dataDir],
        env: {
          ...wiring.serve,
          PORT: String(ports.proxy),
          OPS_PORT: String(ports.ops),
          TAP_PORT: String(ports.tap),
          LEGACY_URL: urls.legacy,
          CANDIDATE_URL: injector?.url ?? urls.nest,
          PARALLAX_DATABASE_URL: databases.storeUrl,
          PARALLAX_SHADOW_SECRET: shadowSecret,
          AUTH_SECRET: authSecret,
        },
      }),
    );
    await handOverSessions(databases.whatsappUrl);
    const qrSource = await startQrSource(databases.whatsappUrl);
    started.unshift(qrSource);
    const plan = planWhatsappSide({
      ports,
      dataDir,
      databaseUrl: databases.whatsappUrl,
      mediaDir: shared.MEDIA_DIR,
      proxyUrl: urls.proxy,
      legacyUrl: urls.legacy,
      serviceTokenSecret,
      qrSourceUrl: qrSource.url,
    });
    const whatsapp = await start(startChild({ ...options("whatsapp", urls.phone), ...plan.whatsapp }));
    const worker = await start(startChild({ ...options("worker", `${urls.worker}/healthz`), ...plan.worker }));
    await pairSales(databases.whatsappUrl, urls.phone);
    const pids = {
      legacy: legacy.pid,
      nest: nest.pid,
      realtime: realtime.pid,
      serve: serve.pid,
      whatsapp: whatsapp.pid,
      worker: worker.pid,
    };
    return { urls, opsToken, authSecret, serviceTokenSecret, injections, pids, configFile, dataDir, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Stoppable = { readonly stop: () => Promise<void> };

const newSecret = (): string => randomBytes(24).toString("hex");

const at = (port: number): string => `http://${LOOPBACK}:${port}`;

/** Any answer below 500 will do: the program is up, whatever it thinks of the question. */
async function answers(url: string): Promise<boolean> {
  try {
    const { statusCode, body } = await request(url, { headersTimeout: 5_000 });
    await body.dump();
    return statusCode < 500;
  } catch {
    return false;
  }
}
