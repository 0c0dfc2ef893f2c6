import { describe, expect, it } from "vitest";
import { parseQueryString } from "./query-string.ts";

describe("the query string", () => {
  it.each<[string, Record<string, string>]>([
    ["", {}],
    ["a=1&b=2", { a: "1", b: "2" }],
    ["a=1&a=2", { a: "1" }],
    ["a=&a=2", {}],
    ["a&b=", {}],
    ["a=1%2B2+3", { a: "1+2 3" }],
    ["a=%zz%ff", { a: "%zz\u{FFFD}" }],
    ["a[]=1&a.b=2", { "a[]": "1", "a.b": "2" }],
    ["a=b=c", { a: "b=c" }],
  ])("%s", (text, expected) => {
    expect(parseQueryString(text)).toEqual(expected);
  });

  it("pollutes no prototype", () => {
    const query = parseQueryString("__proto__=1&constructor=2");
    expect(Object.getPrototypeOf(query)).toBe(Object.prototype);
    expect(Object.keys(query)).toEqual(["__proto__", "constructor"]);
  });
});
