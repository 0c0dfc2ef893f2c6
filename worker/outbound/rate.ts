/** How many messages a session sends: some at once, then an even stream. Pure. */

/** Sent at once after a silence. */
const BURST = 20;
const MINUTE_MS = 60_000;

export type Allowance = { readonly tokens: number; readonly atMs: number };

export const FULL: Allowance = { tokens: BURST, atMs: 0 };

/** The allowance after one message, or how long to wait for it. `perMinute` 0: no limit. */
export function takeOne(
  { tokens, atMs }: Allowance,
  perMinute: number,
  nowMs: number,
): { readonly isTaken: true; readonly allowance: Allowance } | { readonly isTaken: false; readonly waitMs: number } {
  if (perMinute === 0) return { isTaken: true, allowance: { tokens, atMs: nowMs } };
  const grown = Math.min(BURST, tokens + (Math.max(0, nowMs - atMs) * perMinute) / MINUTE_MS);
  if (grown >= 1) return { isTaken: true, allowance: { tokens: grown - 1, atMs: nowMs } };
  return { isTaken: false, waitMs: Math.ceil(((1 - grown) * MINUTE_MS) / perMinute) };
}
