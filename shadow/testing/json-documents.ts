import * as fc from "fast-check";

/** Documents for properties, and ways to change them. */

const utf8 = new TextEncoder();

export const bytesOf = (text: string): Uint8Array => utf8.encode(text);

/** Keys that have bitten somebody: prototype names, empty, ones that need quoting, ids, the marks of the parser and of redaction. */
export const AWKWARD_KEYS = [
  "",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "decimal",
  "length",
  "a.b",
  'say "hi"',
  "back\\slash",
  "[*]",
  "*",
  "@order",
  "@status",
  "\u0000",
  "\uE000",
  "\uE0001e0",
  "~text:4:0a0a0a0a.0a0a0a0a",
  "15550102001@s.whatsapp.net",
  "cn7m9fekjz721g4ez43yyfc2y",
  "42",
  "id",
  "jid",
  "key",
  "chatId",
] as const;

const key = fc.oneof({ weight: 3, arbitrary: fc.constantFrom("a", "b", "c", "name", "status") }, fc.constantFrom(...AWKWARD_KEYS), fc.string());

/** Texts of every format that is told apart, and any others. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "",
    " ",
    "READ",
    "read",
    "2025-11-20T10:07:20.000Z",
    "2025-11-20T10:07:20Z",
    "2025-11-20",
    "15550102001@s.whatsapp.net",
    "120363000000000000@g.us",
    "+15550102001",
    "15550102001",
    "https://example.test/a",
    "/a/b",
    "cn7m9fekjz721g4ez43yyfc2y",
    "\uE000",
    "\uE000\uE0001e20",
    "\uE0001e400",
    "~number:5:0a0a0a0a.0a0a0a0a",
    "\uD800",
    "toString",
  ),
);

/** Numbers that a double holds exactly as they are written: at most 15 significant digits. */
export const safeNumber: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: -1_000_000, max: 1_000_000 }),
  fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 }),
  fc.tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: 0, max: 9 })).map(([digits, scale]) => digits / 10 ** scale),
  fc.constantFrom(0, 1, -1, 1_763_632_860, 1_763_632_860_000),
);

export const scalar: fc.Arbitrary<unknown> = fc.oneof(anyText, safeNumber, fc.boolean(), fc.constant(null));

/** Any document. A `__proto__` key is an own member, as `JSON.parse` makes it. */
export const document: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 5 }),
    fc.array(fc.tuple(key, tie("value")), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
    fc
      .uniqueArray(fc.tuple(fc.constantFrom("k1", "k2", "k3", "k4"), tie("value")), { selector: ([id]) => id, maxLength: 4 })
      .map((rows) => rows.map(([id, value]) => ({ id, value }))),
  ),
})).value;
