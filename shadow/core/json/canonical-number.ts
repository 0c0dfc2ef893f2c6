/** More significant digits than these may not survive a double; fewer always do (DBL_DIG). */
const SAFE_DIGITS = 15;
const SAFE_EXPONENT = 290;

/**
 * The exact value of a JSON number as text: `[-]d.ddd…e±n` with no redundant digit, so that equal values have equal texts.
 * `1`, `1.0`, `10e-1` → `1e0`; `-0` → `0`.
 */
export function canonicalDecimal(lexeme: string): string {
  const { sign, digits, exponent } = splitNumber(lexeme);
  if (digits === "") return "0";
  return `${sign}${digits[0] ?? ""}${digits.length > 1 ? `.${digits.slice(1)}` : ""}e${exponent}`;
}

/** True when two texts of this size are equal as doubles exactly when they are equal as decimals. */
export function isSafeAsDouble(lexeme: string): boolean {
  if (lexeme.length <= SAFE_DIGITS && !/[eE]/.test(lexeme)) return true;
  const { digits, exponent } = splitNumber(lexeme);
  return digits.length <= SAFE_DIGITS && exponent >= -SAFE_EXPONENT && exponent <= SAFE_EXPONENT;
}

/** Significant digits without leading and trailing zeros, and the decimal exponent of the first of them. */
function splitNumber(lexeme: string): { sign: string; digits: string; exponent: bigint } {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(lexeme);
  const whole = match?.[2] ?? "0";
  const fraction = match?.[3] ?? "";
  const all = whole + fraction;
  const firstDigit = all.search(/[1-9]/);
  if (firstDigit === -1) return { sign: "", digits: "", exponent: 0n };
  const digits = all.slice(firstDigit, endOfDigits(all));
  const exponent = BigInt(match?.[4] ?? "0") + BigInt(whole.length - 1 - firstDigit);
  return { sign: match?.[1] ?? "", digits, exponent };
}

/** Where the trailing zeros begin. A pattern like /0+$/ takes quadratic time on a long run of zeros. */
function endOfDigits(digits: string): number {
  let end = digits.length;
  while (digits[end - 1] === "0") end -= 1;
  return end;
}
