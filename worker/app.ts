import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { messageOf } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import { createDiskMediaFiles } from "../lib/media-files.ts";
import { createDatabase } from "./database.ts";
import type { WorkerEnv } from "./env.ts";
import { createGroupCache } from "./group-cache.ts";
import { serveHealth } from "./health.ts";
import { createDelivery, type Delivery } from "./ingest/delivery.ts";
import { createIngestClient } from "./ingest/ingest-client.ts";
import { createServiceTokens } from "./ingest/service-tokens.ts";
import { createMediaFetch } from "./media/fetch-media.ts";
import { createMediaFetcher } from "./media/media-fetcher.ts";
import { Liveness } from "./lease/liveness.ts";
import { WorkerMetrics } from "./metrics.ts";
import { Notifications } from "./notifications.ts";
import { createRunnerFactory, type SocketTiming } from "./runner-factory.ts";
import { Supervisor } from "./supervisor.ts";

export type WorkerApp = {
  /** Takes the sessions that are wanted. Resolves when the health endpoint listens and leases may be taken. */
  readonly start: () => Promise<{ readonly port: number }>;
  /** Ends every socket, gives every lease back, delivers or spools what was heard. */
  readonly stop: () => Promise<void>;
  /** A failure of the client library that nobody waited for. */
  readonly strayFailure: (error: unknown) => void;
};

/** The Baileys worker on one database. Nothing is opened before `start`. */
export function createWorker(env: WorkerEnv, log: Logger, timing: SocketTiming = {}): WorkerApp {
  const workerId = `${hostname()}-${process.pid}-${randomUUID()}`;
  const database = createDatabase(env.databaseUrl, log);
  const liveness = new Liveness(env.databaseUrl, workerId, log);
  const metrics = new WorkerMetrics();
  let running: Running | undefined;

  return {
    start: async () => {
      running = await run({ env, log, timing, workerId, database, metrics, liveness });
      return { port: running.port };
    },
    stop: async () => {
      await running?.stop();
      await liveness.stop();
      await database.close();
    },
    strayFailure: (error) => {
      metrics.strayed.inc();
      // Its text may hold an address.
      log.error({ kind: error instanceof Error ? error.name : typeof error }, "a failure nobody waited for");
    },
  };
}

type Running = { readonly port: number; readonly stop: () => Promise<void> };
type RunParts = {
  readonly env: WorkerEnv;
  readonly log: Logger;
  readonly timing: SocketTiming;
  readonly workerId: string;
  readonly database: ReturnType<typeof createDatabase>;
  readonly metrics: WorkerMetrics;
  readonly liveness: Liveness;
};

async function run({ env, log, timing, workerId, database, metrics, liveness }: RunParts): Promise<Running> {
  const health = await serveHealth({
    host: env.host,
    port: env.port,
    registry: metrics.registry,
    problems: () =>
      database.query("select 1").then(
        () => [],
        (error: unknown) => [`database: ${messageOf(error)}`],
      ),
  });
  await liveness.held();
  const { delivery, close } = await openDelivery(env, log, workerId);
  metrics.watchDelivery(delivery.counters);
  const mediaFiles = createDiskMediaFiles(env.mediaDir);
  const mediaFetch = createMediaFetch({ hosts: env.mediaHosts });
  const media = createMediaFetcher({ fetch: mediaFetch, files: mediaFiles, maxBytes: env.mediaMaxBytes, delivery, database, log });
  const groupCache = createGroupCache(Date.now);
  const factory = createRunnerFactory({ env, log, timing, workerId, database, metrics, delivery, mediaFiles, media, groupCache });
  const supervisor = new Supervisor({ database, workerId, createRunner: factory.createRunner, monotonicMs: () => performance.now(), log });
  metrics.watchSessions(() => supervisor.phases().values());
  delivery.onUnknownSession((sessionId) => supervisor.forget(sessionId));
  const notifications = new Notifications(
    env.databaseUrl,
    {
      onSession: (sessionId) => void supervisor.look(sessionId),
      onOutbox: factory.pokeOutbox,
      onListening: () => void supervisor.sweep(),
    },
    log,
  );
  notifications.start();
  supervisor.start();
  return {
    port: health.port,
    stop: async () => {
      await notifications.stop();
      await supervisor.stop();
      await media.close();
      await mediaFetch.close();
      await close();
      await health.close();
    },
  };
}

async function openDelivery(
  env: WorkerEnv,
  log: Logger,
  workerId: string,
): Promise<{ readonly delivery: Delivery; readonly close: () => Promise<void> }> {
  const tokens = createServiceTokens({ secrets: [env.serviceTokenSecret], workerId, nowMs: Date.now });
  const baseUrls = [env.ingestUrl, ...(env.ingestFallbackUrl === undefined ? [] : [env.ingestFallbackUrl])];
  const client = createIngestClient({ baseUrls, tokens, log });
  const delivery = await createDelivery({ spoolDir: env.spoolDir, client, log });
  return {
    delivery,
    close: async () => {
      await delivery.close();
      await client.close();
    },
  };
}
