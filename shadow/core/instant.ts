import { ExactNumber, type Json } from "./types.ts";

const ISO = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const SECONDS_BELOW = 1e11;

/**
 * The instant a value stands for, in epoch milliseconds: ISO text (without an offset it is UTC), epoch seconds or
 * milliseconds as a number or as digits. Undefined for anything else.
 */
export function instantOf(value: Json | undefined): number | undefined {
  if (value instanceof ExactNumber) return instantOf(Number(value.decimal));
  if (typeof value === "number") return Number.isFinite(value) ? toMilliseconds(value) : undefined;
  if (typeof value !== "string") return undefined;
  if (/^\d{9,16}$/.test(value)) return toMilliseconds(Number(value));
  if (!ISO.test(value)) return undefined;
  const hasOffset = /(?:Z|[+-]\d{2}:?\d{2})$/.test(value) || !value.includes("T");
  const time = Date.parse(hasOffset ? value : `${value}Z`);
  return Number.isNaN(time) ? undefined : time;
}

function toMilliseconds(value: number): number {
  return Math.abs(value) < SECONDS_BELOW ? value * 1000 : value;
}
