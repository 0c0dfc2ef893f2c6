const FIRST_MS = 200;
const LONGEST_MS = 5_000;

/** How long to wait after so many failures in a row: doubling, capped, with jitter so that sessions do not come all at once. `random` is from 0 to 1. */
export function nextDelayMs(failures: number, random: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return Math.round(full / 2 + (full / 2) * random);
}
