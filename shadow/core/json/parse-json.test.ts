import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AWKWARD_KEYS, bytesOf, document } from "../../testing/json-documents.ts";
import { canonicalText } from "../canonical-text.ts";
import { ExactNumber, type Json } from "../types.ts";
import { MAX_DEPTH, parseJson } from "./parse-json.ts";

const parse = (text: string) => parseJson(bytesOf(text));
function valueOf(text: string): Json {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(`not parsed: ${parsed.reason}`);
  return parsed.value;
}
const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

describe("parsing JSON", () => {
  it("gives what JSON.parse gives for documents without long numbers", () => {
    fc.assert(
      fc.property(document, fc.constantFrom(0, 1), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parse(text)).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  it("gives the same beside a long number, whose presence changes how everything is parsed", () => {
    fc.assert(
      fc.property(document, (value) => {
        const text = JSON.stringify(value);
        expect(canonicalText(valueOf(`[12345678901234567890,${text}]`))).toBe(`[1.234567890123456789e19,${canonicalText(JSON.parse(text) as Json)}]`);
      }),
    );
  });

  it("keeps integers beyond a double exact", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.bigInt({ min: -3n, max: 3n }), (integer, delta) => {
        expect(canonicalText(valueOf(String(integer))) === canonicalText(valueOf(String(integer + delta)))).toBe(delta === 0n);
      }),
    );
  });

  it.each([
    ["1.0", "1"],
    ["10e-1", "1"],
    ["-0", "0"],
    ["0.0e5", "0"],
    ["1E2", "100"],
    ["12345678901234567890.0", "12345678901234567890"],
    ["1234567890123456789e1", "12345678901234567890"],
    ["1e400", "10e399"],
    [String.raw`"\u0041\/"`, '"A/"'],
  ])("reads %s as %s", (one, other) => {
    expect(canonicalText(valueOf(one))).toBe(canonicalText(valueOf(other)));
  });

  it.each([
    ["1e400", "1e401"],
    ["1e-400", "0"],
    ["9007199254740992", "9007199254740993"],
    ["0.30000000000000004", "0.3"],
    ["12345678901234567890", '"1.234567890123456789e19"'],
  ])("tells %s from %s", (one, other) => {
    expect(canonicalText(valueOf(one))).not.toBe(canonicalText(valueOf(other)));
  });

  it("keeps a long number by its text", () => {
    expect(valueOf('{"a":[12345678901234567890]}')).toEqual(Object.assign(Object.create(null), { a: [new ExactNumber("1.234567890123456789e19")] }));
  });

  it.each(AWKWARD_KEYS.map((key) => [JSON.stringify(key), key]))("takes the key %s for an ordinary one, with and without long numbers", (_, key) => {
    for (const number of ["1", "12345678901234567890"]) {
      const value = valueOf(`{${JSON.stringify(key)}:${number}}`) as Record<string, Json>;
      expect(Object.keys(value)).toEqual([key]);
      expect(Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null).toBe(true);
    }
    expect(({} as Record<string, unknown>)["1"]).toBeUndefined();
  });

  it.each(["\uE000", "\uE000\uE000", "\uE0001e0", String.raw`\ue000`, String.raw`\uE000\ue0001e20`, String.raw`\\uE000`])(
    "does not take a text that begins with its own mark for a number: %j",
    (inner) => {
      const text = `[12345678901234567890,"${inner}",{"${inner}":"${inner}"}]`;
      const plain = JSON.parse(`"${inner}"`) as string;
      expect(canonicalText(valueOf(text))).toBe(canonicalText([new ExactNumber("1.234567890123456789e19"), plain, { [plain]: plain }]));
    },
  );

  it("refuses nesting deeper than its bound, and only that", () => {
    expect(parse(nested(MAX_DEPTH)).ok).toBe(true);
    expect(parse(nested(MAX_DEPTH + 1))).toEqual({ ok: false, reason: "nested deeper than 500" });
    expect(parse(nested(10_000)).ok).toBe(false);
    expect(parse('{"a":'.repeat(10_000) + "1e400" + "}".repeat(10_000)).ok).toBe(false);
  });

  it.each([
    ["", "empty"],
    [" \n", "empty"],
    ["\uFEFF{}", "malformed"],
    ["{", "malformed"],
    ["{} x", "malformed"],
    ["[1,]", "malformed"],
    ["nul", "malformed"],
    ["NaN", "malformed"],
    ["01", "malformed"],
    ["012345678901234567890", "malformed"],
    ["-012345678901234567890", "malformed"],
    ["12345678901234567890.", "malformed"],
    ["+12345678901234567890", "malformed"],
    ["[12345678901234567890 1]", "malformed"],
    ["{12345678901234567890:1}", "malformed"],
    ["true12345678901234567890", "malformed"],
    ['"a"12345678901234567890', "malformed"],
    ['["12345678901234567890', "malformed"],
    ['["\\\n12345678901234567890"]', "malformed"],
    [`1e${"9".repeat(1_001)}`, "malformed"],
    ['{"a":1,"a":1}', "duplicate keys"],
    ['{"a":12345678901234567890,"a":1}', "duplicate keys"],
    [String.raw`{"a":1,"\u0061":1}`, "duplicate keys"],
    ['{"__proto__":1,"__proto__":2}', "duplicate keys"],
    ['[{"":1,"":1}]', "duplicate keys"],
  ])("refuses %j", (text, reason) => {
    expect(parse(text)).toEqual({ ok: false, reason });
  });

  it.each([[[0x22, 0xff, 0x22]], [[0x22, 0xc3, 0x22]], [[0x22, 0xed, 0xa0, 0x80, 0x22]], [[0x22, 0xc0, 0x80, 0x22]]])(
    "refuses bytes that are not UTF-8: %j",
    (bytes) => {
      expect(parseJson(Uint8Array.from(bytes))).toEqual({ ok: false, reason: "not UTF-8" });
    },
  );

  it("keeps lone surrogates apart", () => {
    expect(canonicalText(valueOf(String.raw`"\ud800"`))).not.toBe(canonicalText(valueOf(String.raw`"\ud801"`)));
  });

  // One pattern for whole texts recursed once per escape: a RangeError above some millions of them.
  it("takes a text of millions of escapes beside a long number", () => {
    expect(parse(`[1e999,"${String.raw`\n`.repeat(4_000_000)}"]`).ok).toBe(true);
  });

  it("never throws, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(() => parseJson(bytes)).not.toThrow();
      }),
    );
  });

  it("accepts nothing that JSON.parse refuses", () => {
    const token = fc.constantFrom(
      "[",
      "]",
      "{",
      "}",
      ":",
      ",",
      " ",
      "\n",
      '"a"',
      '"',
      "\\",
      "\uE000",
      "true",
      "null",
      "0",
      "-",
      ".",
      "e",
      "+",
      "12345678901234567890",
      "1e999",
    );
    const nearly = fc.array(token, { maxLength: 12 }).map((parts) => parts.join(""));
    const cut = fc.tuple(document, fc.nat(40), token).map(([value, at, extra]) => {
      const text = `[12345678901234567890,${JSON.stringify(value)}]`;
      return text.slice(0, at) + extra + text.slice(at + 1);
    });
    fc.assert(
      fc.property(fc.oneof(nearly, cut), (text) => {
        expect(parse(text).ok && !isParsable(text)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });
});

function isParsable(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
