import { adjustLimit, allowedCalls, initialLimit, pauseAfterMs, type LimiterEvent, type LimiterState } from "../core/limiter.ts";

export type WorkQueueOptions<Task> = {
  readonly max: number;
  readonly run: (task: Task) => Promise<void>;
  /** Too old to be run. */
  readonly isExpired: (task: Task) => boolean;
  /** What becomes of an expired task: at once, whatever the limit, which is there to spare the candidate. */
  readonly shed: (task: Task) => void;
};

/** Runs tasks in order of arrival, as many at once as the adaptive limit allows. The bus in front of it bounds its length. */
export class WorkQueue<Task> {
  readonly #options: WorkQueueOptions<Task>;
  #limiter: LimiterState;
  #waiting: Task[] = [];
  #head = 0;
  #running = 0;
  #pausedUntilMs = 0;
  #isPumpDue = false;

  constructor(options: WorkQueueOptions<Task>) {
    this.#options = options;
    this.#limiter = initialLimit(options.max);
  }

  get limit(): number {
    return this.#limiter.limit;
  }

  push(task: Task): void {
    this.#waiting.push(task);
    this.#pump();
  }

  adjust(event: LimiterEvent): void {
    this.#limiter = adjustLimit(this.#limiter, event, this.#options.max);
  }

  /** Resolves when nothing waits or runs. */
  async drain(pollMs = 10): Promise<void> {
    while (this.#running > 0 || this.#head < this.#waiting.length) await new Promise((resolve) => setTimeout(resolve, pollMs));
  }

  #pump(): void {
    this.#shedExpired();
    while (this.#running < allowedCalls(this.#limiter) && this.#head < this.#waiting.length) {
      const waitMs = this.#pausedUntilMs - Date.now();
      if (waitMs > 0) return this.#pumpLater(waitMs);
      const task = this.#take();
      if (task !== undefined) void this.#start(task);
    }
  }

  #shedExpired(): void {
    const { isExpired, shed } = this.#options;
    for (let next = this.#waiting[this.#head]; next !== undefined && isExpired(next); next = this.#waiting[this.#head]) {
      this.#take();
      shed(next);
    }
  }

  #take(): Task | undefined {
    const task = this.#waiting[this.#head];
    this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    return task;
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
      await this.#options.run(task);
    } finally {
      this.#running -= 1;
      const nowMs = Date.now();
      this.#pausedUntilMs = nowMs + pauseAfterMs(this.#limiter, nowMs - startedAtMs);
      this.#pump();
    }
  }
}
