import type { System } from "../types.ts";

/** What one family's owners did in one second. Latencies in milliseconds. */
export type Second = {
  readonly atMs: number;
  readonly served: Readonly<Record<System, Served>>;
  /** comparisons of answers that nest gave, and those that drifted */
  readonly judged: number;
  readonly drifts: number;
};

export type Served = { readonly requests: number; /** no answer, or a status of 500 and above */ readonly failed: number; readonly slow: number };

export type BreachLimits = {
  /** Share of nest's answers that may fail beyond legacy's own share. */
  readonly maxErrorRate: number;
  /** Share of nest's answers that may be slow beyond legacy's own share. */
  readonly maxSlowRate: number;
  readonly maxDriftRate: number;
  /** Fewer requests than this show nothing. */
  readonly minRequests: number;
};

/** Why nest should step back now; undefined while there is no reason. */
export type Breach = { readonly kind: "errors" | "latency" | "drift"; readonly detail: string };

/** Hysteresis: this many of the latest looks must agree, so that one bad second flips nothing. */
export const AGREEING_LOOKS = 3;

/** Judges the window: nest against the limits, and against what legacy does at the same time. */
export function findBreach(window: readonly Second[], limits: BreachLimits): Breach | undefined {
  const nest = sum(window, "nest");
  const legacy = sum(window, "legacy");
  const { minRequests, maxErrorRate, maxSlowRate, maxDriftRate } = limits;
  const judged = window.reduce((total, second) => total + second.judged, 0);
  const drifts = window.reduce((total, second) => total + second.drifts, 0);
  const isServing = nest.requests >= minRequests;
  if (isServing && nest.failed / nest.requests > maxErrorRate + share(legacy.failed, legacy.requests))
    return { kind: "errors", detail: `${nest.failed} of ${nest.requests} answers failed` };
  if (isServing && nest.slow / nest.requests > maxSlowRate + share(legacy.slow, legacy.requests))
    return { kind: "latency", detail: `${nest.slow} of ${nest.requests} answers were slow` };
  if (judged >= minRequests && drifts / judged > maxDriftRate) return { kind: "drift", detail: `${drifts} of ${judged} compared answers drift` };
  return undefined;
}

function sum(window: readonly Second[], system: System): Served {
  return window.reduce(
    (total, { served }) => ({
      requests: total.requests + served[system].requests,
      failed: total.failed + served[system].failed,
      slow: total.slow + served[system].slow,
    }),
    { requests: 0, failed: 0, slow: 0 },
  );
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
