import { messageOf } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { FamilyState } from "./core/cutover/family-state.ts";
import type { Stage } from "./core/types.ts";
import { readFamilies, seedFamilies } from "./store/families.ts";
import { connectStore, migrateStore, type StoreClient } from "./store/store.ts";

const RETRY_MS = 2_000;
const WARN_EVERY_MS = 60_000;

export type StoreLinkOptions = {
  readonly log: Logger;
  /** Where the store is; starts the embedded server when that is where it is. */
  readonly locate: () => Promise<string>;
  /** Stages as configured: they seed the store once. */
  readonly seeds: Readonly<Record<string, Stage>>;
  readonly onStages: (states: readonly FamilyState[]) => void;
  /** The store answers, its schema is up to date. Called once. */
  readonly onConnected: (connection: { readonly client: StoreClient; readonly url: string }) => void;
  readonly onState: (isUp: boolean) => void;
};

/** The way to the store: connects in the background, for as long as it takes; knows whether the store takes what is written. */
export class StoreLink {
  readonly #options: StoreLinkOptions;
  #client: StoreClient | undefined;
  #reason: string | undefined = "not connected yet";
  #warnedAtMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopping = false;

  constructor(options: StoreLinkOptions) {
    this.#options = options;
  }

  get client(): StoreClient | undefined {
    return this.#client;
  }

  /** Why the store does not answer; undefined while it does. */
  get trouble(): string | undefined {
    return this.#reason;
  }

  /** One attempt now, further ones in the background. Never throws. */
  async connect(): Promise<void> {
    const { log, locate, seeds, onStages, onConnected } = this.#options;
    try {
      const url = await locate();
      await migrateStore(url);
      const client = this.#client ?? connectStore({ url, poolMax: 6, applicationName: "parallax serve" });
      const families = await seedFamilies(client, seeds);
      for (const { family, stage } of families) {
        const seed = seeds[family];
        if (seed !== undefined && seed !== stage)
          log.warn({ family, configured: seed, stage }, "the store holds another stage than the configuration; the store wins");
      }
      this.#client = client;
      this.note({ isUp: true });
      onStages(families);
      onConnected({ client, url });
    } catch (error) {
      this.note({ isUp: false, reason: messageOf(error) });
      if (!this.#isStopping) this.#timer = setTimeout(() => void this.connect(), RETRY_MS);
    }
  }

  /** What the last write showed. A store that is back may have been given other stages meanwhile. */
  note({ isUp, reason = "" }: { readonly isUp: boolean; readonly reason?: string }): void {
    const { log, onState } = this.#options;
    const wasUp = this.#reason === undefined;
    this.#reason = isUp ? undefined : reason;
    onState(isUp);
    if (isUp && !wasUp) {
      this.#warnedAtMs = 0;
      log.info({}, "the store answers; comparing");
      void this.#readStages();
    }
    if (!isUp && Date.now() - this.#warnedAtMs >= WARN_EVERY_MS) {
      this.#warnedAtMs = Date.now();
      log.warn({ reason }, "the store does not answer: clients are served, nothing is compared");
    }
  }

  async close(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await this.#client?.$disconnect();
  }

  async #readStages(): Promise<void> {
    if (this.#client === undefined) return;
    try {
      this.#options.onStages(await readFamilies(this.#client));
    } catch (error) {
      this.note({ isUp: false, reason: messageOf(error) });
    }
  }
}
