import type { Inbox } from "../auth/inbox.ts";

const CLEAR_EVERY_MS = 250;
/** What is not delivered by then stays in the inbox, and the session need not wait for it. */
const STOP_WITHIN_MS = 5_000;

/** Takes messages out of the inbox, in handfuls, once they are delivered. */
export class InboxKeeper {
  #timer: NodeJS.Timeout | undefined;
  #clearing: Promise<void> | undefined;
  #isStopped = false;

  constructor(
    private readonly inbox: Inbox,
    private readonly listening: { readonly settle: () => Promise<void> },
    private readonly onFailed: (error: unknown) => void,
  ) {}

  told(messageIds: readonly string[]): void {
    this.inbox.tell(messageIds);
    this.#schedule();
  }

  /** Delivers what was heard and clears it away. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    let patience: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      patience = setTimeout(resolve, STOP_WITHIN_MS);
    });
    await Promise.race([enough, this.#lastClear()]);
    clearTimeout(patience);
  }

  async #lastClear(): Promise<void> {
    await this.#clearing;
    await this.#clear();
  }

  #schedule(): void {
    if (this.#isStopped || this.#timer !== undefined || !this.inbox.hasTold) return;
    this.#timer = setTimeout(() => {
      this.#clearing = this.#clear().finally(() => {
        this.#timer = undefined;
        this.#clearing = undefined;
        this.#schedule();
      });
    }, CLEAR_EVERY_MS);
  }

  async #clear(): Promise<void> {
    try {
      await this.inbox.clear(this.listening.settle);
    } catch (error) {
      // What stays is taken in again by the next socket, and known by its id then.
      this.onFailed(error);
    }
  }
}
