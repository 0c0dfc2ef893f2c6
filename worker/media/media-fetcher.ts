import { setTimeout as delay } from "node:timers/promises";
import { randomUUID } from "node:crypto";
import type { WAMessage } from "@whiskeysockets/baileys";
import { AppError, codeOf, messageOf } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import type { Delivery } from "../ingest/delivery.ts";
import { nextDelayMs } from "../ingest/retry-delay.ts";
import { download, type DownloadParts } from "./download.ts";
import type { ConnectedSession, MediaPort, MediaRequest } from "./media-port.ts";
import { findPendingMedia, type MediaQueries } from "./pending-media.ts";
import { directPathOf, toMediaMessage } from "./remote-media.ts";

export type MediaFetcherOptions = DownloadParts & {
  readonly delivery: Delivery;
  readonly database: MediaQueries;
  readonly log: Logger;
  readonly random?: () => number;
  readonly sweepMs?: number;
  readonly askTimeoutMs?: number;
};

const MAX_PARALLEL = 4;
/** More wait in the database only, and are found by the next sweep. */
const MAX_WAITING = 500;
const SWEEP_MS = 60_000;
const SWEEP_ROWS = 200;
/** A phone that is off never answers. */
const ASK_TIMEOUT_MS = 30_000;
const MAX_ATTEMPTS = 4;

/** Downloads in the background: a few at once, each media once at a time, tried again for as long as that makes sense. */
export function createMediaFetcher(options: MediaFetcherOptions): MediaPort {
  return new MediaFetcher(options);
}

class MediaFetcher implements MediaPort {
  private readonly waiting: MediaRequest[] = [];
  /** Waiting or being fetched. */
  private readonly known = new Set<string>();
  private readonly running = new Set<Promise<void>>();
  private readonly sockets = new Map<string, ConnectedSession>();
  private readonly closing = new AbortController();

  constructor(private readonly options: MediaFetcherOptions) {}

  fetch = (request: MediaRequest): void => {
    const key = keyOf(request);
    if (this.closing.signal.aborted || this.known.has(key) || this.waiting.length >= MAX_WAITING) return;
    this.known.add(key);
    this.waiting.push(request);
    this.next();
  };

  connected = (session: ConnectedSession): (() => void) => {
    this.sockets.set(session.sessionId, session);
    void this.sweep(session);
    return () => {
      if (this.sockets.get(session.sessionId) === session) this.sockets.delete(session.sessionId);
    };
  };

  close = async (): Promise<void> => {
    this.closing.abort();
    await Promise.all(this.running);
  };

  /** Also what was delivered late: its row comes after the message was heard. */
  private async sweep(session: ConnectedSession): Promise<void> {
    const { database, log, sweepMs = SWEEP_MS } = this.options;
    const { sessionId, tenantId } = session;
    while (this.sockets.get(sessionId) === session && !this.closing.signal.aborted) {
      try {
        for (const { messageId, remote, isOld } of await findPendingMedia(database, sessionId, SWEEP_ROWS))
          this.fetch({ sessionId, tenantId, messageId, remote, traceId: randomUUID(), mayAskAgain: !isOld });
      } catch (error) {
        log.warn({ sessionId, reason: messageOf(error) }, "could not look for media that are still to be fetched");
      }
      await delay(sweepMs, undefined, { signal: this.closing.signal, ref: false }).catch(() => {});
    }
  }

  private next(): void {
    while (this.running.size < MAX_PARALLEL) {
      const request = this.waiting.shift();
      if (request === undefined) return;
      const run = this.process(request)
        .catch((error: unknown) =>
          this.options.log.error({ sessionId: request.sessionId, traceId: request.traceId, reason: messageOf(error) }, "media failed"),
        )
        .finally(() => {
          this.running.delete(run);
          this.known.delete(keyOf(request));
          if (!this.closing.signal.aborted) this.next();
        });
      this.running.add(run);
    }
  }

  private async process(request: MediaRequest): Promise<void> {
    const { delivery, log } = this.options;
    const { sessionId, messageId, traceId } = request;
    const item = await this.outcome(request);
    if (item === undefined) return;
    log.info({ sessionId, traceId, state: item.state, errorCode: item.errorCode }, "media processed");
    await delivery.submit({ sessionId, path: "media", items: [{ messageId, ...item }], traceId });
  }

  /** Undefined: not now, the row stays as it is. */
  private async outcome(request: MediaRequest): Promise<MediaOutcome | undefined> {
    const { random = Math.random, log } = this.options;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return { state: "STORED", ...(await download(request.remote, request.tenantId, this.options)) };
      } catch (error) {
        const code = error instanceof AppError ? error.code : "MEDIA_DISK";
        log.debug({ sessionId: request.sessionId, traceId: request.traceId, code, reason: messageOf(error) }, "media could not be fetched");
        if (code === "MEDIA_GONE" || code === "MEDIA_PATH") return this.fetchAgain(request, code);
        if (code === "MEDIA_DISK") return undefined;
        if (code !== "MEDIA_UNREACHABLE" && attempt > 0) return { state: "FAILED", errorCode: code };
        if (code === "MEDIA_TOO_LARGE" || attempt + 1 >= MAX_ATTEMPTS) return { state: "FAILED", errorCode: code };
        await delay(nextDelayMs(attempt + 1, random()), undefined, { signal: this.closing.signal }).catch(() => {});
        if (this.closing.signal.aborted) return undefined;
      }
    }
  }

  /** One request to the sender to upload it once more, then the truth. */
  private async fetchAgain(request: MediaRequest, code: string): Promise<MediaOutcome | undefined> {
    const gone: MediaOutcome = code === "MEDIA_GONE" ? { state: "EXPIRED", errorCode: code } : { state: "FAILED", errorCode: code };
    if (!request.mayAskAgain) return gone;
    const socket = this.sockets.get(request.sessionId);
    if (socket === undefined) return undefined;
    try {
      const directPath = directPathOf(await this.ask(socket, toMediaMessage(request.remote)));
      const remote = { ...request.remote, ...(directPath === undefined ? {} : { directPath }) };
      return { state: "STORED", ...(await download(remote, request.tenantId, this.options)) };
    } catch (error) {
      this.options.log.debug({ sessionId: request.sessionId, traceId: request.traceId, code: codeOf(error) }, "another upload did not help");
      // The socket went, not the file: the next one asks.
      if (this.sockets.get(request.sessionId) !== socket) return undefined;
      return error instanceof AppError && error.code !== "MEDIA_GONE" ? { state: "FAILED", errorCode: error.code } : gone;
    }
  }

  private async ask({ askAgain }: ConnectedSession, message: WAMessage): Promise<WAMessage> {
    const timer = new AbortController();
    const late = delay(this.options.askTimeoutMs ?? ASK_TIMEOUT_MS, undefined, { signal: timer.signal }).then(() => {
      throw new AppError("MEDIA_GONE", "the sender's phone did not upload again in time");
    });
    try {
      return await Promise.race([askAgain(message), late]);
    } finally {
      timer.abort();
      late.catch(() => {});
    }
  }
}

type MediaOutcome = {
  readonly state: "STORED" | "FAILED" | "EXPIRED";
  readonly sha256?: string;
  readonly size?: number;
  readonly storageKey?: string;
  readonly errorCode?: string;
};

function keyOf({ sessionId, messageId }: MediaRequest): string {
  return `${messageId} ${sessionId}`;
}
