import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Client } from "pg";
import { startChild, type Child } from "../demo/child.ts";
import { prepareDatabases } from "../demo/databases.ts";
import { createOperators } from "../demo/traffic/operators.ts";
import { NORTH } from "../demo/seed/identities.ts";
import { startWhatsapp, type WhatsappServer } from "../demo/whatsapp/start-whatsapp.ts";
import { freePort } from "../lib/free-port.ts";
import { createLogger } from "../lib/log.ts";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import { startSystem } from "./api-systems.ts";
import { startEmissionSink, type EmissionSink } from "./emission-sink.ts";

/** Everything around a worker, as in production: PostgreSQL, Nest and the worker are processes of their own. */
export type WorkerSystems = {
  /** In this process, with the sink: one clock sees a message go out and its emission come in. */
  readonly whatsapp: WhatsappServer;
  readonly sink: EmissionSink;
  readonly database: Client;
  readonly connect: (sessionId: string) => Promise<void>;
  readonly startWorker: () => Promise<Child>;
  readonly close: () => Promise<void>;
};

export async function startWorkerSystems(folder: string): Promise<WorkerSystems> {
  const [secret, serviceSecret] = [randomBytes(24).toString("hex"), randomBytes(24).toString("hex")];
  const databases = await prepareDatabases({ dataDir: folder, isKept: false, log: createLogger({ program: "bench", level: "warn" }) });
  const closings: (() => Promise<void>)[] = [() => databases.postgres.stop()];
  const close = async (): Promise<void> => {
    for (const each of closings.splice(0).toReversed()) await each();
  };
  try {
    const database = new Client({ connectionString: databases.whatsappUrl });
    await database.connect();
    closings.push(() => database.end());
    await database.query(`update whatsapp_sessions set "desiredState" = 'STOPPED'`); // the seed's own sessions
    const sink = await startEmissionSink();
    closings.push(sink.close);
    const whatsapp = await startWhatsapp();
    closings.push(whatsapp.close);
    const apiPort = await freePort();
    const env = { ...sink.env, SERVICE_TOKEN_SECRET: serviceSecret, LOG_LEVEL: "warn" };
    const nest = await startSystem("nest", { port: apiPort, databaseUrl: databases.whatsappUrl, secret, folder, env });
    closings.push(nest.stop);
    const operator = (await createOperators(secret, new Date())).find(({ user }) => user.tenantId === NORTH.id && user.role === "admin");
    const apiUrl = `http://127.0.0.1:${apiPort}`;
    return {
      whatsapp,
      sink,
      database,
      connect: async (sessionId) => {
        const headers = { ...operator?.headers, "content-type": "application/json" };
        const reply = await fetch(`${apiUrl}/api/whatsapp/connect`, { method: "POST", headers, body: JSON.stringify({ sessionId }) });
        if (reply.status !== 200) throw new Error(`connect answered ${reply.status}: ${await reply.text()}`);
      },
      startWorker: async () => {
        const worker = await startWorker({ folder, databaseUrl: databases.whatsappUrl, apiUrl, serviceSecret, whatsapp });
        closings.push(worker.stop);
        return worker;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type WorkerPlan = {
  readonly folder: string;
  readonly databaseUrl: string;
  readonly apiUrl: string;
  readonly serviceSecret: string;
  readonly whatsapp: WhatsappServer;
};

async function startWorker({ folder, databaseUrl, apiUrl, serviceSecret, whatsapp }: WorkerPlan): Promise<Child> {
  const port = await freePort();
  return startChild({
    name: "worker",
    args: [join(PACKAGE_ROOT, "bin", "parallax.js"), "worker"],
    env: {
      DATABASE_URL: databaseUrl,
      INGEST_URL: apiUrl,
      SERVICE_TOKEN_SECRET: serviceSecret,
      SPOOL_DIR: join(folder, "spool"),
      MEDIA_DIR: join(folder, "media"),
      MEDIA_HOSTS: whatsapp.mediaHost,
      NODE_EXTRA_CA_CERTS: whatsapp.mediaCaFile,
      WHATSAPP_WS_URL: whatsapp.url,
      PORT: String(port),
      LOG_LEVEL: "warn",
    },
    logFolder: join(folder, "logs"),
    isReady: async () => (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.status === 200,
    onExit: () => undefined,
  });
}
