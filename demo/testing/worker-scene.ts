import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SERVICE_SECRET, startTestApi, type TestApi } from "../../api/testing/test-api.ts";
import { seedTenants } from "../../api/testing/seed.ts";
import { createLogger } from "../../lib/log.ts";
import { createWorker, type WorkerApp } from "../../worker/app.ts";
import type { WorkerEnv } from "../../worker/env.ts";
import { parseMediaHosts } from "../../worker/media/media-hosts.ts";
import type { SocketTiming } from "../../worker/runner-factory.ts";
import { startWhatsapp, type WhatsappServer } from "../whatsapp/start-whatsapp.ts";
import { waitUntil } from "../../lib/processes.ts";

const WAIT_MS = 15_000;
const TIMING: SocketTiming = { retryRequestDelayMs: 10 };

export type RunningWorker = WorkerApp & { readonly port: number; readonly lines: readonly string[] };
export type SessionFacts = {
  readonly status: string;
  readonly desiredState: string;
  readonly reason: string | null;
  readonly code: number | null;
  readonly error: string | null;
  readonly isActive: boolean;
  readonly phoneNumber: string | null;
  readonly qrCode: string | null;
  readonly pairingCode: string | null;
  /** When the socket last opened; 0 when it never did. */
  readonly openedAtMs: number;
  readonly epoch: number;
  readonly hasCredentials: boolean;
  readonly isLeased: boolean;
};

/** The real API, a WhatsApp on loopback, and as many workers as are asked for, on one database. */
export type WorkerScene = {
  readonly whatsapp: WhatsappServer;
  readonly api: TestApi;
  readonly startWorker: (over?: Partial<WorkerEnv>, timing?: SocketTiming) => Promise<RunningWorker>;
  readonly workerEnv: (name: string) => WorkerEnv;
  readonly connect: (sessionId: string, phoneNumber?: string) => Promise<void>;
  readonly disconnect: (sessionId: string) => Promise<void>;
  readonly facts: (sessionId: string) => Promise<SessionFacts>;
  /** Resolves with the session's facts once they are so; throws with what they are instead. */
  readonly until: (sessionId: string, isSo: (facts: SessionFacts) => boolean, timeoutMs?: number) => Promise<SessionFacts>;
  /** Connects a session and scans its QR with this phone. */
  readonly pair: (sessionId: string, phone: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

export async function startWorkerScene(databaseUrl: string, every: Partial<WorkerEnv> = {}): Promise<WorkerScene> {
  const folder = await mkdtemp(join(tmpdir(), "parallax-worker-"));
  const mediaDir = join(folder, "media");
  const api = await startTestApi(databaseUrl, {}, { mediaDir });
  await seedTenants(api.database);
  const whatsapp = await startWhatsapp();
  const workers = new Set<RunningWorker>();

  const workerEnv = (name: string): WorkerEnv => ({
    databaseUrl,
    ingestUrl: api.url,
    ingestFallbackUrl: undefined,
    serviceTokenSecret: SERVICE_SECRET,
    spoolDir: join(folder, name, "spool"),
    mediaDir,
    mediaMaxBytes: 10_000_000,
    mediaHosts: parseMediaHosts(whatsapp.mediaHost),
    whatsappUrl: whatsapp.url,
    authStateKeys: [],
    isAgentPrefixed: false,
    sendsPerMinute: 0,
    host: "127.0.0.1",
    port: 0,
    logLevel: "debug",
    ...every,
  });
  const facts = async (sessionId: string): Promise<SessionFacts> => {
    const row = await api.database.whatsAppSession.findUniqueOrThrow({ where: { sessionId } });
    return {
      status: row.status,
      desiredState: row.desiredState,
      reason: row.lastDisconnectReason,
      code: row.lastDisconnectCode,
      error: row.errorMessage,
      isActive: row.isActive,
      phoneNumber: row.phoneNumber,
      qrCode: row.qrCode,
      pairingCode: row.pairingCode,
      openedAtMs: row.lastConnected?.getTime() ?? 0,
      epoch: row.leaseEpoch,
      hasCredentials: Object.keys(row.creds as object).length > 0,
      isLeased: row.leaseOwner !== null,
    };
  };
  const until: WorkerScene["until"] = async (sessionId, isSo, timeoutMs = WAIT_MS) => {
    let last = await facts(sessionId);
    const isReached = await waitUntil(async () => isSo((last = await facts(sessionId))), timeoutMs);
    if (!isReached) throw new Error(`the session did not get there; it is ${JSON.stringify(last)}\n${logOf(workers)}`);
    return last;
  };
  const connect: WorkerScene["connect"] = async (sessionId, phoneNumber) => {
    const reply = await api.post("/api/whatsapp/connect", { sessionId, ...(phoneNumber === undefined ? {} : { phoneNumber }) });
    if (reply.status !== 200) throw new Error(`connect: ${reply.status} ${await reply.text()}`);
  };

  return {
    whatsapp,
    api,
    workerEnv,
    facts,
    until,
    connect,
    disconnect: async (sessionId) => {
      await api.post("/api/whatsapp/disconnect", { sessionId });
    },
    startWorker: async (over = {}, timing = TIMING) => {
      const lines: string[] = [];
      const log = createLogger({ program: "worker", level: "debug", destination: { write: (line: string) => void lines.push(line) } });
      const app = createWorker({ ...workerEnv(`worker-${workers.size}`), ...over }, log, timing);
      const { port } = await app.start();
      const worker: RunningWorker = {
        ...app,
        port,
        lines,
        stop: async () => {
          if (workers.delete(worker)) await app.stop();
        },
      };
      workers.add(worker);
      return worker;
    },
    pair: async (sessionId, phone) => {
      await connect(sessionId);
      const { qrCode } = await until(sessionId, ({ status }) => status === "QR_REQUIRED");
      await whatsapp.control.scan(qrCode ?? "", { phone, name: "Shop" });
      await until(sessionId, ({ status }) => status === "CONNECTED");
    },
    close: async () => {
      for (const worker of workers) await worker.stop();
      await whatsapp.close();
      await api.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function logOf(workers: ReadonlySet<RunningWorker>): string {
  return [...workers].map(({ lines }) => lines.slice(-30).join("")).join("\n---\n");
}
