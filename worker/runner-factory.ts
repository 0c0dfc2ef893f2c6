import type { WASocket } from "@whiskeysockets/baileys";
import type { Logger } from "../lib/log.ts";
import type { MediaFiles } from "../lib/media-files.ts";
import { Credentials } from "./auth/credentials.ts";
import { createSealer } from "./auth/envelope.ts";
import { KeyRows } from "./auth/key-rows.ts";
import type { Database } from "./database.ts";
import type { WorkerEnv } from "./env.ts";
import type { GroupCache } from "./group-cache.ts";
import { attachInbound } from "./inbound/attach-inbound.ts";
import { createIntake } from "./inbound/intake.ts";
import type { Delivery } from "./ingest/delivery.ts";
import type { Lease } from "./lease/leases.ts";
import type { MediaPort } from "./media/media-port.ts";
import type { WorkerMetrics } from "./metrics.ts";
import { OutboxRows } from "./outbound/outbox-rows.ts";
import { QuotedMessages } from "./outbound/quoted-messages.ts";
import { Sender } from "./outbound/sender.ts";
import { createQuietLogger } from "./session/quiet-logger.ts";
import { SessionRunner, type LeaseHold, type RunnerParts } from "./session/runner.ts";
import { openSocket, type SocketSettings } from "./session/socket.ts";
import type { SessionEvent } from "./session/state.ts";

/** Times of the client library that tests shorten. */
export type SocketTiming = Partial<Pick<SocketSettings, "qrTimeout" | "keepAliveIntervalMs" | "connectTimeoutMs" | "retryRequestDelayMs">>;

export type RunnerFactoryParts = {
  readonly env: WorkerEnv;
  readonly log: Logger;
  readonly timing: SocketTiming;
  readonly workerId: string;
  readonly database: Database;
  readonly metrics: WorkerMetrics;
  readonly delivery: Delivery;
  readonly mediaFiles: MediaFiles;
  readonly media: MediaPort;
  readonly groupCache: GroupCache;
};

export type RunnerFactory = {
  readonly createRunner: (lease: Lease, hold: LeaseHold, pairingPhone: string | null) => SessionRunner;
  /** A session has something to send; nothing happens when it has no open socket here. */
  readonly pokeOutbox: (sessionId: string) => void;
};

/** Puts together what one session needs under one lease. */
export function createRunnerFactory(parts: RunnerFactoryParts): RunnerFactory {
  const { env, log, timing, workerId, database, metrics, delivery, media, groupCache } = parts;
  const sealer = createSealer(env.authStateKeys);
  const senders = new Map<string, Sender>();
  const logger = createQuietLogger({
    warned: () => metrics.complaints.inc({ level: "warn" }),
    failed: () => metrics.complaints.inc({ level: "error" }),
  });

  const startSending = (lease: Lease, socket: WASocket): (() => Promise<void>) => {
    const { sessionId } = lease;
    const sender = new Sender({
      sessionId,
      socket,
      rows: new OutboxRows(database, lease, workerId),
      quoted: new QuotedMessages(database, sessionId),
      content: { mediaFiles: parts.mediaFiles, isAgentPrefixed: env.isAgentPrefixed },
      delivery,
      perMinute: env.sendsPerMinute,
      nowMs: Date.now,
      log,
      onFate: (fate) => metrics.sends.inc({ fate }),
    });
    senders.set(sessionId, sender);
    sender.start();
    const disconnected = media.connected({ sessionId, tenantId: lease.tenantId, askAgain: (message) => socket.updateMediaMessage(message) });
    return async () => {
      disconnected();
      if (senders.get(sessionId) === sender) senders.delete(sessionId);
      await sender.stop();
    };
  };

  const createRunner: RunnerFactory["createRunner"] = (lease, hold, pairingPhone) => {
    const { sessionId, tenantId } = lease;
    const credentials = new Credentials(database, lease, sealer);
    const messages = new QuotedMessages(database, sessionId);
    const settings: SocketSettings = {
      waWebSocketUrl: env.whatsappUrl,
      logger,
      getMessage: (key) => messages.original(key),
      cachedGroupMetadata: async (jid) => groupCache.get(sessionId, jid),
      ...timing,
    };
    const runnerParts: RunnerParts = {
      lease,
      delivery,
      credentials,
      openSocket: (events) => {
        const intake = createIntake();
        const isFollowedElsewhere = (messageId: string): boolean => senders.get(sessionId)?.isPending(messageId) ?? false;
        return openSocket({
          credentials,
          rows: new KeyRows(database, lease, sealer),
          settings,
          events,
          makeSignalRepository: intake.makeSignalRepository,
          attach: (socket) => attachInbound({ socket, sessionId, tenantId, delivery, log, media, groupCache, intake, isFollowedElsewhere }),
        });
      },
      startSending: ({ socket }) => startSending(lease, socket),
      hold,
      nowMs: Date.now,
      random: Math.random,
      log,
      onEvent: (event) => count(metrics, event),
    };
    return new SessionRunner(runnerParts, pairingPhone);
  };
  return { createRunner, pokeOutbox: (sessionId) => senders.get(sessionId)?.poke() };
}

function count({ events, closes }: WorkerMetrics, event: SessionEvent): void {
  events.inc({ event: event.type });
  if (event.type === "closed") closes.inc({ code: String(event.close.code ?? event.close.origin) });
}
