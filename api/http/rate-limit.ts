/** How many requests somebody may make in a minute. One counter per caller, in this process. */

const WINDOW_MS = 60_000;
const MS_PER_S = 1_000;
/** Callers remembered at most; beyond it the one seen first is forgotten. */
const MAX_CALLERS = 10_000;

type Window = { readonly startedAtMs: number; count: number };

export class RateLimit {
  private readonly windows = new Map<string, Window>();

  /** `perMinute` 0 limits nobody. */
  constructor(private readonly perMinute: number) {}

  /** Counts one request; the seconds to wait when it is one too many. */
  take(caller: string, nowMs: number): number | undefined {
    if (this.perMinute === 0) return undefined;
    const window = this.windowOf(caller, nowMs);
    if (window.count >= this.perMinute) return Math.max(1, Math.ceil((window.startedAtMs + WINDOW_MS - nowMs) / MS_PER_S));
    window.count += 1;
    return undefined;
  }

  private windowOf(caller: string, nowMs: number): Window {
    const known = this.windows.get(caller);
    if (known !== undefined && nowMs - known.startedAtMs < WINDOW_MS) return known;
    this.windows.delete(caller);
    const [oldest] = this.windows.keys();
    if (this.windows.size >= MAX_CALLERS && oldest !== undefined) this.windows.delete(oldest);
    const fresh = { startedAtMs: nowMs, count: 0 };
    this.windows.set(caller, fresh);
    return fresh;
  }
}
