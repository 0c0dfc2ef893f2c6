import * as fc from "fast-check";

/**
 * Documents that know what they are made of: every scalar its format, every list how its rows find each other. The oracle
 * of the properties reads these notes; it never asks the code under test.
 */
export type Scalar = {
  readonly node: "scalar";
  readonly type: "string" | "number" | "boolean" | "null";
  readonly format: string;
  readonly text: string;
};
export type Members = { readonly node: "object"; readonly members: readonly (readonly [key: string, value: Node])[] };
export type List = { readonly node: "list"; readonly rows: readonly Node[]; readonly by: "key" | "value" | "place" };
export type Node = Scalar | Members | List;

const text = (format: string, ...values: string[]): Scalar[] =>
  values.map((value) => ({ node: "scalar", type: "string", format, text: JSON.stringify(value) }));
const number = (format: string, ...lexemes: string[]): Scalar[] =>
  lexemes.map((lexeme) => ({ node: "scalar", type: "number", format, text: lexeme }));

/** Values of every format that drift is told apart by; no two texts of one format differ in letter case only. */
export const TEXTS: readonly Scalar[] = [
  ...text("text", "", " ", "alpha", "beta gamma", "Ωmega", 'say "hi"', "back\\slash", "null", "true"),
  ...text("iso-ms", "2025-11-20T10:07:20.000Z", "2025-11-20T10:07:20.001Z"),
  ...text("iso", "2025-11-20T10:07:20Z", "2025-11-20T10:07:21Z"),
  ...text("iso-offset", "2025-11-20T10:07:20+01:00", "2025-11-20T10:07:20.000+01:00"),
  ...text("date", "2025-11-20", "2025-11-21"),
  ...text("uuid", "11111111-2222-4333-8444-555555555555", "11111111-2222-4333-8444-555555555556"),
  ...text("cuid", "cn7m9fekjz721g4ez43yyfc2y", "cn7m9fekjz721g4ez43yyfc2z"),
  ...text("phone-jid", "15550102001@s.whatsapp.net", "15550102002@s.whatsapp.net"),
  ...text("lid", "98765@lid", "98766@lid"),
  ...text("group", "120363000000000001@g.us", "120363000000000002@g.us"),
  ...text("plus", "+15550102001", "+15550102002"),
  ...text("digits", "15550102001", "0"),
  ...text("data-url", "data:image/png;base64,AA==", "data:,x"),
  ...text("url", "https://example.test/a", "wss://example.test/b"),
  ...text("path", "/a/b", "/c"),
];
export const NUMBERS: readonly Scalar[] = [
  ...number("number", "0", "1", "-7", "3.25", "12345678901234567890", "12345678901234567891", "0.1000000000000000055", "1e400", "9007199254740993"),
  ...number("seconds", "1763632860", "1763632861"),
  ...number("milliseconds", "1763632860000", "1763632860001"),
];
const FLAGS: readonly Scalar[] = [
  { node: "scalar", type: "boolean", format: "boolean", text: "true" },
  { node: "scalar", type: "boolean", format: "boolean", text: "false" },
  { node: "scalar", type: "null", format: "null", text: "null" },
];
export const NULL: Scalar = { node: "scalar", type: "null", format: "null", text: "null" };

export const anyScalar: fc.Arbitrary<Scalar> = fc.constantFrom(...TEXTS, ...NUMBERS, ...FLAGS);
const textOrNumber: fc.Arbitrary<Scalar> = fc.constantFrom(...TEXTS, ...NUMBERS);

/** No key that a list's rows could be told apart by: rows have an `id` of their own, or none. */
const memberKey = fc.constantFrom("a", "b", "c", "status", "a.b", 'q"q', "", "__proto__", "constructor", "42", "15550102001@s.whatsapp.net");

export const annotated: fc.Arbitrary<Node> = fc.letrec<{ node: Node; members: Members }>((tie) => ({
  members: fc
    .uniqueArray(fc.tuple(memberKey, tie("node")), { selector: ([key]) => key, maxLength: 4 })
    .map((members) => ({ node: "object", members })),
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 2, arbitrary: anyScalar },
    { weight: 3, arbitrary: tie("members") },
    // rows with a key
    fc
      .uniqueArray(fc.tuple(fc.nat(20), tie("members")), { selector: ([id]) => id, maxLength: 4 })
      .map((rows): List => ({ node: "list", by: "key", rows: rows.map(([id, row]) => withId(row, `row ${id}`)) })),
    // texts and numbers
    fc.array(textOrNumber, { minLength: 1, maxLength: 4 }).map((rows): List => ({ node: "list", by: "value", rows })),
    // rows without a key, repeated ones among them; flags; lists of lists
    fc
      .array(tie("members"), { minLength: 1, maxLength: 4 })
      .map((rows): List => ({ node: "list", by: "place", rows: [...rows, ...rows.slice(0, 1)] })),
    fc.array(fc.constantFrom(...FLAGS), { minLength: 1, maxLength: 4 }).map((rows): List => ({ node: "list", by: "place", rows })),
    fc
      .array(fc.array(textOrNumber, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 })
      .map((lists): List => ({ node: "list", by: "place", rows: lists.map((rows) => ({ node: "list", by: "value", rows })) })),
  ),
})).node;

export function withId(row: Members, id: string): Members {
  return { node: "object", members: [["id", { node: "scalar", type: "string", format: "text", text: JSON.stringify(id) }], ...row.members] };
}

/** Randomness that a text is spelled with: numbers from 0 to 1. */
export type Dice = () => number;

/** A stream of numbers from a seed (mulberry32). */
export function diceOf(seed: number): Dice {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The document as JSON text: white space, order of keys, escapes and the spelling of numbers as the dice fall. */
export function spell(node: Node, dice: Dice): string {
  const space = (): string => [" ", "\n", "\t", "", "", ""][Math.floor(dice() * 6)] ?? "";
  const join = (open: string, parts: readonly string[], close: string): string =>
    `${open}${space()}${parts.join(`${space()},${space()}`)}${space()}${close}`;
  if (node.node === "list")
    return join(
      "[",
      node.rows.map((row) => spell(row, dice)),
      "]",
    );
  if (node.node === "object") {
    const members = shuffle(node.members, dice).map(([key, value]) => `${spellText(key, dice)}${space()}:${space()}${spell(value, dice)}`);
    return join("{", members, "}");
  }
  if (node.type === "string") return spellText(JSON.parse(node.text) as string, dice);
  return node.type === "number" ? spellNumber(node.text, dice) : node.text;
}

export function shuffle<Item>(items: readonly Item[], dice: Dice): Item[] {
  return items
    .map((item) => ({ item, rank: dice() }))
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
}

function spellText(value: string, dice: Dice): string {
  const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const units = Array.from({ length: value.length }, (_, index) => value[index] ?? "");
  return `"${units.map((unit) => (dice() < 0.2 ? escape(unit) : JSON.stringify(unit).slice(1, -1))).join("")}"`;
}

function spellNumber(lexeme: string, dice: Dice): string {
  const choice = dice();
  if (choice < 0.6 || /e/.test(lexeme)) return lexeme;
  if (choice < 0.8) return lexeme.includes(".") ? `${lexeme}00` : `${lexeme}.0`;
  return `${lexeme}e0`;
}
