import { Client } from "pg";
import { messageOf } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";

const CONNECT_TIMEOUT_MS = 5_000;
const RECONNECT_PAUSE_MS = 500;

export type NotificationHandlers = {
  /** Something about this session is wanted otherwise. */
  readonly onSession: (sessionId: string) => void;
  /** This session has something to send. */
  readonly onOutbox: (sessionId: string) => void;
  /** Listening (again): whatever was told before was missed. */
  readonly onListening: () => void;
};

/** What the APIs tell the worker through the database. */
export class Notifications {
  #client: Client | undefined;
  #isStopping = false;

  constructor(
    private readonly url: string,
    private readonly handlers: NotificationHandlers,
    private readonly log: Logger,
  ) {}

  start(): void {
    void this.#listen();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#client?.end().catch(() => undefined);
  }

  async #listen(): Promise<void> {
    if (this.#isStopping) return;
    const client = new Client({
      connectionString: this.url,
      application_name: "parallax worker notifications",
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    });
    this.#client = client;
    client.on("notification", ({ channel, payload = "" }) => {
      if (channel === "whatsapp_session") this.handlers.onSession(payload);
      else this.handlers.onOutbox(payload);
    });
    client.on("error", () => undefined); // "end" follows
    client.once("end", () => this.#listenAgain());
    try {
      await client.connect();
      await client.query("listen whatsapp_session; listen whatsapp_outbox");
      this.handlers.onListening();
    } catch (error) {
      if (!this.#isStopping) this.log.warn({ reason: messageOf(error) }, "cannot listen to the database");
      await client.end().catch(() => undefined);
    }
  }

  #listenAgain(): void {
    if (!this.#isStopping) setTimeout(() => void this.#listen(), RECONNECT_PAUSE_MS).unref();
  }
}
