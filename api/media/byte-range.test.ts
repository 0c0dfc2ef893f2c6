import * as fc from "fast-check";
import { expect, it } from "vitest";
import { parseRange } from "./byte-range.ts";

it.each([
  [undefined, "whole"],
  ["", "whole"],
  ["bytes=0-0", { first: 0, last: 0 }],
  ["bytes=0-9", { first: 0, last: 9 }],
  ["bytes=2-5", { first: 2, last: 5 }],
  ["BYTES= 2-5 ", { first: 2, last: 5 }],
  ["bytes=2-", { first: 2, last: 9 }],
  ["bytes=9-", { first: 9, last: 9 }],
  ["bytes=5-99999999999999999999999999", { first: 5, last: 9 }],
  ["bytes=-3", { first: 7, last: 9 }],
  ["bytes=-10", { first: 0, last: 9 }],
  ["bytes=-11", { first: 0, last: 9 }],
  ["bytes=10-", "unsatisfiable"],
  ["bytes=10-20", "unsatisfiable"],
  ["bytes=99999999999999999999999-", "unsatisfiable"],
  ["bytes=-0", "unsatisfiable"],
  ["bytes=5-2", "whole"],
  ["bytes=-", "whole"],
  ["bytes=0-1,3-4", "whole"],
  ["bytes=0-1,", "whole"],
  ["bytes=a-b", "whole"],
  ["bytes=1.5-2", "whole"],
  ["bytes=+1-2", "whole"],
  ["bytes 0-1", "whole"],
  ["items=0-1", "whole"],
  ["bytes=--1", "whole"],
])("%j of ten bytes", (header, expected) => {
  expect(parseRange(header, 10)).toEqual(expected);
});

it("never leaves the file, whatever is asked", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^bytes=\d{0,4}-\d{0,4}$/)), fc.nat(2_000), (header, size) => {
      const range = parseRange(header, size);
      if (typeof range === "string") return;
      expect(range.first).toBeGreaterThanOrEqual(0);
      expect(range.last).toBeGreaterThanOrEqual(range.first);
      expect(range.last).toBeLessThan(size);
    }),
  );
});
