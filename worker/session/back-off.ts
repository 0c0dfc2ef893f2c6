const BASE_MS = 1_000;
const MAX_MS = 60_000;

/**
 * How long to wait before the n-th attempt in a row (from 1): doubles from a second to a minute, and half of it is left to
 * chance, so that sessions that fell together do not come back together. `random` is from 0 to 1.
 */
export function backOffMs(attempt: number, random: number): number {
  const full = Math.min(MAX_MS, BASE_MS * 2 ** Math.min(attempt - 1, 16));
  return Math.round(full / 2 + (full / 2) * random);
}
