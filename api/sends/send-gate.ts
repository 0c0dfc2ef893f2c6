import { Injectable } from "@nestjs/common";
import { conflict } from "../http/contract-error.ts";

export const KEY_WAIT_MS = 5_000;

/** A send with the same key is under way, and did not finish in time. */
export function keyInProgress() {
  return conflict("A request with this Idempotency-Key is in progress", { "retry-after": "1" });
}

/**
 * Lets one send per key through at a time. The database would do that alone, but those who wait there hold a connection each:
 * a client that repeats itself twenty times would take the pool.
 */
@Injectable()
export class SendGate {
  private readonly tails = new Map<string, Promise<void>>();

  /** Runs the work once those before it with the same key are done. Throws 409 after five seconds of waiting. */
  async run<Result>(key: string, work: (waitLeftMs: number) => Promise<Result>): Promise<Result> {
    const startedAt = performance.now();
    const before = this.tails.get(key);
    let leave = (): void => {};
    const left = new Promise<void>((resolve) => (leave = resolve));
    const tail = (before ?? Promise.resolve()).then(() => left);
    this.tails.set(key, tail);
    try {
      if (before !== undefined) await within(before, KEY_WAIT_MS);
      return await work(Math.max(1, Math.floor(KEY_WAIT_MS - (performance.now() - startedAt))));
    } finally {
      leave();
      void tail.then(() => this.tails.get(key) === tail && this.tails.delete(key));
    }
  }

  /** Keys somebody works on. */
  get size(): number {
    return this.tails.size;
  }
}

async function within(turn: Promise<void>, waitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => (timer = setTimeout(() => reject(keyInProgress()), waitMs)));
  try {
    await Promise.race([turn, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
