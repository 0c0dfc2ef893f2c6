import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { document } from "../../testing/json-documents.ts";
import { scanJson } from "./scan.ts";

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function membersOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, each) => sum + membersOf(each), own);
}

describe("the scan of a JSON text", () => {
  it("counts depth and members as a parser does, whatever the texts hold", () => {
    fc.assert(
      fc.property(document, fc.constantFrom(0, 2), (value, indent) => {
        const scan = scanJson(JSON.stringify(value, null, indent));
        expect({ depth: scan.depth, members: scan.members }).toEqual({ depth: depthOf(value), members: membersOf(value) });
      }),
    );
  });

  it.each([
    ['{"a":1,"a":2}', 2],
    ['{"a:b":":"}', 1],
    [String.raw`{"a\":":1,"b\\":2}`, 2],
    [String.raw`["\\\":",{"x":"\\"}]`, 1],
  ])("counts the colons outside of strings: %s", (text, members) => {
    expect(scanJson(text).members).toBe(members);
  });

  it.each([
    ["[true,false,null,1.5]", false],
    ['["12345678901234567890"]', false],
    ["999999999999999", false],
    ["9999999999999999", true],
    ["-999999999999999", true],
    ["1e5", true],
    ["[0,1E5]", true],
  ])("knows whether a number may not survive a double: %s", (text, hasLongNumber) => {
    expect(scanJson(text).hasLongNumber).toBe(hasLongNumber);
  });

  it("survives any text", () => {
    const characters = Array.from('[]{}:,"\\-+.eE019 tn\u0000');
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...characters) }), (text) => {
        expect(() => scanJson(text)).not.toThrow();
      }),
    );
  });
});
