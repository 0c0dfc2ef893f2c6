import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalDecimal, isSafeAsDouble } from "./canonical-number.ts";

type Decimal = { readonly negative: boolean; readonly whole: string; readonly fraction: string; readonly exponent: number | undefined };

const digits = (max: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...Array.from("0000123456789")), { maxLength: max }).map((list) => list.join(""));

const decimal: fc.Arbitrary<Decimal> = fc.record({
  negative: fc.boolean(),
  whole: digits(25).map((text) => text.replace(/^0+/, "") || "0"),
  fraction: digits(12),
  exponent: fc.option(fc.integer({ min: -40, max: 40 }), { nil: undefined }),
});

function toLexeme({ negative, whole, fraction, exponent }: Decimal): string {
  return `${negative ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}${exponent === undefined ? "" : `e${exponent}`}`;
}

const SCALE = 60;

/** The value times 10^60, exactly. */
function scaled({ negative, whole, fraction, exponent = 0 }: Decimal): bigint {
  const value = BigInt(whole + fraction) * 10n ** BigInt(SCALE - fraction.length + exponent);
  return negative ? -value : value;
}

/** The same value written another way. */
function respell({ negative, whole, fraction, exponent = 0 }: Decimal, zeros: number): Decimal {
  if (fraction === "") return { negative, whole, fraction: "0".repeat(zeros), exponent };
  const moved = whole + fraction;
  return { negative, whole: moved.replace(/^0+(?=\d)/, ""), fraction: "0".repeat(zeros), exponent: exponent - fraction.length };
}

describe("the canonical text of a number", () => {
  it.each([
    ["1", "1e0"],
    ["1.0", "1e0"],
    ["10e-1", "1e0"],
    ["100E-2", "1e0"],
    ["0.1e+1", "1e0"],
    ["-0", "0"],
    ["0.000", "0"],
    ["-0.0e999", "0"],
    ["120", "1.2e2"],
    ["0.00120", "1.2e-3"],
    ["-12345678901234567890", "-1.234567890123456789e19"],
    ["9007199254740993", "9.007199254740993e15"],
    ["1e99999999999999999999", "1e99999999999999999999"],
  ])("of %s is %s", (lexeme, text) => {
    expect(canonicalDecimal(lexeme)).toBe(text);
  });

  it("is the same for two spellings of one value", () => {
    fc.assert(
      fc.property(decimal, fc.nat(5), (number, zeros) => {
        expect(canonicalDecimal(toLexeme(respell(number, zeros)))).toBe(canonicalDecimal(toLexeme(number)));
      }),
    );
  });

  it("is equal exactly when the values are", () => {
    fc.assert(
      fc.property(decimal, decimal, (one, other) => {
        expect(canonicalDecimal(toLexeme(one)) === canonicalDecimal(toLexeme(other))).toBe(scaled(one) === scaled(other));
      }),
    );
  });

  it("tells neighbours apart that differ in the last digit", () => {
    fc.assert(
      fc.property(decimal, (number) => {
        const last = number.whole.at(-1) === "9" ? "8" : "9";
        expect(canonicalDecimal(toLexeme({ ...number, whole: number.whole.slice(0, -1) + last }))).not.toBe(canonicalDecimal(toLexeme(number)));
      }),
    );
  });

  // Trimming zeros with /0+$/ took 18 s for 100,000 of them.
  it("of a number with a million zeros inside is found in linear time", () => {
    const zeros = "0".repeat(1_000_000);
    expect(canonicalDecimal(`1${zeros}1${zeros}`)).toBe(`1.${zeros}1e2000001`);
  });
});

describe("a number that is safe as a double", () => {
  it("equals another safe one as a double exactly when it does as a decimal", () => {
    const safe = decimal.map(toLexeme).filter(isSafeAsDouble);
    fc.assert(
      fc.property(safe, safe, (one, other) => {
        expect(Number(one) === Number(other)).toBe(canonicalDecimal(one) === canonicalDecimal(other));
      }),
    );
  });

  it("has the same answer for every spelling, so that one value is never once a double and once exact", () => {
    fc.assert(
      fc.property(decimal, fc.nat(12), (number, zeros) => {
        expect(isSafeAsDouble(toLexeme(respell(number, zeros)))).toBe(isSafeAsDouble(toLexeme(number)));
      }),
    );
  });

  it.each([
    ["0", true],
    ["-0.000000000000000000000", true],
    ["999999999999999", true],
    ["9007199254740993", false],
    ["0.30000000000000004", false],
    ["1e290", true],
    ["1e308", false],
    ["1e-400", false],
    ["10000000000000000000000", true],
  ])("%s: %s", (lexeme, isSafe) => {
    expect(isSafeAsDouble(lexeme)).toBe(isSafe);
  });
});
