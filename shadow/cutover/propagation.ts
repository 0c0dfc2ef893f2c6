import { Client } from "pg";
import { messageOf } from "../../lib/errors.ts";
import type { FamilyState } from "../core/cutover/family-state.ts";
import { CUTOVER_CHANNEL } from "../store/commit-flip.ts";
import { readFamilies } from "../store/families.ts";
import type { StoreClient } from "../store/store.ts";

/** The net under the notifications: a replica that missed one is this late at most. */
const POLL_EVERY_MS = 5_000;
const RECONNECT_PAUSE_MS = 500;
const CONNECT_TIMEOUT_MS = 3_000;

export type PropagationOptions = {
  readonly url: string;
  readonly store: StoreClient;
  readonly onStates: (states: readonly FamilyState[]) => void;
  readonly onError: (error: unknown) => void;
};

/** Brings every change of a stage to this replica: at once by LISTEN, slowly by polling. */
export class Propagation {
  readonly #options: PropagationOptions;
  readonly #poll: NodeJS.Timeout;
  #listener: Client | undefined;
  #isStopping = false;

  constructor(options: PropagationOptions) {
    this.#options = options;
    this.#poll = setInterval(() => void this.refresh(), POLL_EVERY_MS);
    this.#poll.unref();
    void this.#listen();
  }

  /** Reads the stages now. Never throws. */
  async refresh(): Promise<void> {
    try {
      this.#options.onStates(await readFamilies(this.#options.store));
    } catch (error) {
      if (!this.#isStopping) this.#options.onError(error);
    }
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#poll);
    await this.#listener?.end().catch(() => undefined);
  }

  async #listen(): Promise<void> {
    if (this.#isStopping) return;
    const client = new Client({
      connectionString: this.#options.url,
      application_name: "parallax cutover",
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    });
    this.#listener = client;
    client.on("notification", () => void this.refresh());
    client.on("error", () => undefined); // "end" follows
    client.once("end", () => this.#listenAgain());
    try {
      await client.connect();
      await client.query(`listen ${CUTOVER_CHANNEL}`);
      await this.refresh(); // what happened before we listened
    } catch (error) {
      this.#options.onError(new Error(`cannot listen for changes of stages: ${messageOf(error)}`, { cause: error }));
      await client.end().catch(() => undefined);
    }
  }

  #listenAgain(): void {
    if (!this.#isStopping) setTimeout(() => void this.#listen(), RECONNECT_PAUSE_MS).unref();
  }
}
