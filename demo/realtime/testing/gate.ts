import { waitUntil } from "../../../lib/processes.ts";

const MAX_WAIT_MS = 30_000;
const POLL_MS = 5;

/** Lets work through while it is open; closing it waits for what is inside. */
export class Gate {
  #opened: Promise<void> | undefined;
  #open: () => void = () => undefined;
  #inside = 0;

  async pass<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.#opened !== undefined) await this.#opened;
    this.#inside += 1;
    try {
      return await work();
    } finally {
      this.#inside -= 1;
    }
  }

  /** Resolves when nothing is inside any more. */
  async close(): Promise<void> {
    this.#opened ??= new Promise((resolve) => {
      this.#open = resolve;
    });
    if (!(await waitUntil(() => this.#inside === 0, MAX_WAIT_MS, POLL_MS))) throw new Error(`${this.#inside} calls did not end`);
  }

  open(): void {
    this.#opened = undefined;
    this.#open();
  }
}
