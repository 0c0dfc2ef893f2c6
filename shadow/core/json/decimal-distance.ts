import { ExactNumber, type Json } from "../types.ts";
import { canonicalDecimal } from "./canonical-number.ts";

/** Digits that a number may have, and that two may lie apart, to be subtracted; beyond it they are not close to each other. */
const MAX_DIGITS = 1_000;

/** True when two JSON numbers differ by at most the tolerance, in exact decimal arithmetic: 33.4 and 33.3 are 0.1 apart. */
export function areWithin(one: Json | undefined, other: Json | undefined, tolerance: number): boolean {
  const parts = [one, other, tolerance].map(toParts);
  const exponents = parts.flatMap((part) => (part === undefined || part.digits === 0n ? [] : [part.exponent]));
  const lowest = exponents.reduce((low, each) => (each < low ? each : low), exponents[0] ?? 0n);
  const isTooWide = exponents.some((exponent) => exponent - lowest > MAX_DIGITS);
  if (isTooWide) return false;
  const [left, right, limit] = parts.map((part) => (part === undefined ? undefined : scale(part, lowest)));
  if (left === undefined || right === undefined || limit === undefined) return false;
  return left - right <= limit && right - left <= limit;
}

type Parts = { readonly digits: bigint; readonly exponent: bigint };

function scale({ digits, exponent }: Parts, lowest: bigint): bigint {
  return digits === 0n ? 0n : digits * 10n ** (exponent - lowest);
}

function toParts(value: Json | undefined): Parts | undefined {
  if (typeof value !== "number" && !(value instanceof ExactNumber)) return undefined;
  const decimal = value instanceof ExactNumber ? value.decimal : canonicalDecimal(String(value));
  if (decimal.length > 2 * MAX_DIGITS) return undefined;
  const match = /^(-?)(\d)(?:\.(\d+))?e(-?\d+)$/.exec(decimal);
  if (match === null) return { digits: 0n, exponent: 0n };
  const [, sign = "", first = "", rest = "", exponent = "0"] = match;
  return { digits: BigInt(sign + first + rest), exponent: BigInt(exponent) - BigInt(rest.length) };
}
