import { Client } from "pg";
import { messageOf } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";

const CONNECT_TIMEOUT_MS = 5_000;
const RECONNECT_PAUSE_MS = 500;

/** The key of a worker's lock, given where its id stands in a statement. */
export const livenessKey = (owner: string): string => `hashtextextended('parallax worker ' || ${owner}, 0)`;

/**
 * Says that this process lives: a lock in the database that goes with the connection, and so with the process, however it
 * ends. A lease would outlive a killed worker by its whole length; whoever sees the lock free need not wait for that.
 */
export class Liveness {
  readonly #held: Promise<void>;
  #client: Client | undefined;
  #isStopping = false;

  constructor(
    private readonly url: string,
    private readonly workerId: string,
    private readonly log: Logger,
  ) {
    this.#held = new Promise((resolve) => void this.#hold(resolve));
  }

  /** Resolves when the lock was taken for the first time: no lease may be taken before. */
  held(): Promise<void> {
    return this.#held;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#client?.end().catch(() => undefined);
  }

  async #hold(onHeld: () => void): Promise<void> {
    if (this.#isStopping) return;
    const client = new Client({
      connectionString: this.url,
      application_name: "parallax worker liveness",
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    });
    this.#client = client;
    client.on("error", () => undefined); // "end" follows
    client.once("end", () => this.#holdAgain(onHeld));
    try {
      await client.connect();
      // Waits when a connection of ours that broke has not been noticed yet.
      await client.query(`select pg_advisory_lock(${livenessKey("$1::text")})`, [this.workerId]);
      onHeld();
    } catch (error) {
      if (!this.#isStopping) this.log.warn({ reason: messageOf(error) }, "cannot hold the lock that says this worker lives");
      await client.end().catch(() => undefined);
    }
  }

  #holdAgain(onHeld: () => void): void {
    if (!this.#isStopping) setTimeout(() => void this.#hold(onHeld), RECONNECT_PAUSE_MS).unref();
  }
}
