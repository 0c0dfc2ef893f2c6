import { GUARD_WINDOW_MS, HEARTBEAT_MS, LEASE_MS } from "../core/send-ledger/send-record.ts";
import type { SendStore } from "../store/send-store.ts";

/** Settlements that could not be written are tried again for so long; afterwards the send is unknown, which is true. */
const RETRY_FOR_MS = 60_000;
const RETRY_EVERY_MS = 500;
const MAX_RETRIES_WAITING = 1_000;

export type KeeperOptions = {
  readonly store: () => SendStore | undefined;
  readonly onError: (error: unknown) => void;
};

type Write = (store: SendStore) => Promise<void>;
type Waiting = { readonly write: Write; readonly untilMs: number };

/** Keeps the sends of this process alive in the ledger, writes what could not be written, and finds those of processes that are gone. */
export class SendKeeper {
  readonly #options: KeeperOptions;
  readonly #held = new Set<string>();
  readonly #timers: NodeJS.Timeout[];
  #waiting: Waiting[] = [];
  #isRetrying = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#timers = [setInterval(() => void this.#beat(), HEARTBEAT_MS), setInterval(() => void this.#retry(), RETRY_EVERY_MS)];
    for (const timer of this.#timers) timer.unref();
  }

  /** Sends in flight here. */
  get held(): number {
    return this.#held.size;
  }

  hold(id: string): void {
    this.#held.add(id);
  }

  release(id: string): void {
    this.#held.delete(id);
  }

  /** Writes now, or as soon as the store takes it. Resolves false when it could not be written now. Never rejects. */
  async write(write: Write): Promise<boolean> {
    const store = this.#options.store();
    try {
      if (store === undefined) throw new Error("the store does not answer");
      await write(store);
      return true;
    } catch (error) {
      this.#options.onError(error);
      if (this.#waiting.length < MAX_RETRIES_WAITING) this.#waiting.push({ write, untilMs: Date.now() + RETRY_FOR_MS });
      return false;
    }
  }

  /** Writes what still waits, once more. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#retry();
  }

  async #beat(): Promise<void> {
    const store = this.#options.store();
    if (store === undefined) return;
    try {
      if (this.#held.size > 0) await store.beat([...this.#held], LEASE_MS);
      await store.sweep(GUARD_WINDOW_MS);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  /** In order; what fails again stays for the next time, until it is too late. */
  async #retry(): Promise<void> {
    const store = this.#options.store();
    if (store === undefined || this.#isRetrying || this.#waiting.length === 0) return;
    this.#isRetrying = true;
    const due = this.#waiting;
    this.#waiting = [];
    for (const [index, each] of due.entries()) {
      try {
        await each.write(store);
      } catch {
        const left = due.slice(index).filter(({ untilMs }) => untilMs > Date.now());
        this.#waiting = [...left, ...this.#waiting];
        break;
      }
    }
    this.#isRetrying = false;
  }
}
