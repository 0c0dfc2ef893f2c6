import { randomInt } from "node:crypto";

const RANDOM_DIGITS = 16;
const BASE = 36;

/** An id of the form that rows get: `c`, the time, randomness. Sorts by time, roughly. */
export function newCuid(now: Date): string {
  const random = Array.from({ length: RANDOM_DIGITS }, () => randomInt(BASE).toString(BASE)).join("");
  return `c${now.getTime().toString(BASE)}${random}`;
}
