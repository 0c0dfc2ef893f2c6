import { adjustLimit, allowedCalls, initialLimit, pauseAfterMs, type LimiterEvent, type LimiterState } from "../core/limiter.ts";

/** Runs tasks in order of arrival, as many at once as the adaptive limit allows. The bus in front of it bounds its length. */
export class WorkQueue<Task> {
  readonly #run: (task: Task) => Promise<void>;
  readonly #max: number;
  #limiter: LimiterState;
  #waiting: Task[] = [];
  #head = 0;
  #running = 0;
  #pausedUntilMs = 0;
  #isPumpDue = false;

  constructor(max: number, run: (task: Task) => Promise<void>) {
    this.#run = run;
    this.#max = max;
    this.#limiter = initialLimit(max);
  }

  get limit(): number {
    return this.#limiter.limit;
  }

  push(task: Task): void {
    this.#waiting.push(task);
    this.#pump();
  }

  adjust(event: LimiterEvent): void {
    this.#limiter = adjustLimit(this.#limiter, event, this.#max);
  }

  /** Resolves when nothing waits or runs. */
  async drain(pollMs = 10): Promise<void> {
    while (this.#running > 0 || this.#head < this.#waiting.length) await new Promise((resolve) => setTimeout(resolve, pollMs));
  }

  #pump(): void {
    while (this.#running < allowedCalls(this.#limiter) && this.#head < this.#waiting.length) {
      const waitMs = this.#pausedUntilMs - Date.now();
      if (waitMs > 0) return this.#pumpLater(waitMs);
      const task = this.#waiting[this.#head];
      this.#head += 1;
      if (this.#head > 1024 && this.#head * 2 > this.#waiting.length) {
        this.#waiting = this.#waiting.slice(this.#head);
        this.#head = 0;
      }
      if (task !== undefined) void this.#start(task);
    }
  }

  #pumpLater(waitMs: number): void {
    if (this.#isPumpDue) return;
    this.#isPumpDue = true;
    setTimeout(() => {
      this.#isPumpDue = false;
      this.#pump();
    }, waitMs);
  }

  async #start(task: Task): Promise<void> {
    this.#running += 1;
    const startedAtMs = Date.now();
    try {
      await this.#run(task);
    } finally {
      this.#running -= 1;
      const nowMs = Date.now();
      this.#pausedUntilMs = nowMs + pauseAfterMs(this.#limiter, nowMs - startedAtMs);
      this.#pump();
    }
  }
}
