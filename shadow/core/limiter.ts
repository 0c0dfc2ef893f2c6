/**
 * The one adaptive limit on concurrent candidate calls: down at once on trouble, up slowly, never below a probe.
 * Below 1 it is a duty: one call at a time, with pauses between them.
 */
export type LimiterState = {
  readonly limit: number;
  /** Latency of late and as usual: two moving averages, over some ten and some two hundred answers. */
  readonly recentMs: number;
  readonly usualMs: number;
  /** Share of time the proxy's event loop was busy of late. */
  readonly busyShare: number;
  readonly nextCutAtMs: number;
  readonly nextRaiseAtMs: number;
};

/** `busy`: share of time the proxy's own event loop was busy, 0 to 1. */
export type LimiterEvent =
  | { readonly kind: "answered"; readonly tookMs: number; readonly nowMs: number }
  | { readonly kind: "failed"; readonly nowMs: number }
  | { readonly kind: "busy"; readonly share: number; readonly nowMs: number };

const START = 8;
const PROBE_DUTY = 0.05;
const CUT = 0.5;
/** One cut per period, however many calls fail in it. */
const CUT_PAUSE_MS = 250;
const RAISE_PAUSE_MS = 100;
/** After a cut nothing is raised for a while: the cause may still be there. */
const HOLD_MS = 1_000;
/** One slow answer is nothing: endpoints differ. Many are, when they are this much slower than usual. */
const SLOW_FACTOR = 3;
const SLOW_FLOOR_MS = 100;
const RECENT_WEIGHT = 0.1;
const USUAL_WEIGHT = 0.005;
/** Comparing needs processor time too: it gives way before serving has none to spare. */
const BUSY_SHARE = 0.7;
/** One busy moment is nothing: a collection of garbage, a neighbour on the machine. */
const BUSY_WEIGHT = 0.3;
const PROBE_PAUSE_MAX_MS = 1_000;

export function initialLimit(max: number): LimiterState {
  return { limit: Math.min(max, START), recentMs: 0, usualMs: 0, busyShare: 0, nextCutAtMs: 0, nextRaiseAtMs: 0 };
}

export function adjustLimit(state: LimiterState, event: LimiterEvent, max: number): LimiterState {
  switch (event.kind) {
    case "failed":
      return cut(state, event.nowMs);
    case "busy": {
      const next = { ...state, busyShare: state.busyShare + (event.share - state.busyShare) * BUSY_WEIGHT };
      return next.busyShare > BUSY_SHARE ? cut(next, event.nowMs) : next;
    }
    case "answered": {
      const next = {
        ...state,
        recentMs: average(state.recentMs, event.tookMs, RECENT_WEIGHT),
        usualMs: average(state.usualMs, event.tookMs, USUAL_WEIGHT),
      };
      return next.recentMs > Math.max(SLOW_FLOOR_MS, next.usualMs * SLOW_FACTOR) ? cut(next, event.nowMs) : raise(next, event.nowMs, max);
    }
  }
}

/** How many calls may run now. */
export function allowedCalls({ limit }: LimiterState): number {
  return Math.max(1, Math.floor(limit));
}

/** How long to wait after a call of this duration before the next: zero at a limit of 1 and above. */
export function pauseAfterMs({ limit }: LimiterState, tookMs: number): number {
  return limit >= 1 ? 0 : Math.min(PROBE_PAUSE_MAX_MS, Math.max(1, tookMs) * (1 / limit - 1));
}

function cut(state: LimiterState, nowMs: number): LimiterState {
  if (nowMs < state.nextCutAtMs) return state;
  return { ...state, limit: Math.max(PROBE_DUTY, state.limit * CUT), nextCutAtMs: nowMs + CUT_PAUSE_MS, nextRaiseAtMs: nowMs + HOLD_MS };
}

function raise(state: LimiterState, nowMs: number, max: number): LimiterState {
  if (nowMs < state.nextRaiseAtMs) return state;
  const limit = state.limit < 1 ? state.limit * 2 : state.limit + 1;
  return { ...state, limit: Math.min(max, limit), nextRaiseAtMs: nowMs + RAISE_PAUSE_MS };
}

function average(soFarMs: number, tookMs: number, weight: number): number {
  return soFarMs === 0 ? tookMs : soFarMs + (tookMs - soFarMs) * weight;
}
