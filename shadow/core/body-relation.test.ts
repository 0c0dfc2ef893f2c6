import { expect, test } from "vitest";
import { relationOf } from "./body-relation.ts";
import type { Body } from "./types.ts";

/** A body that begins somewhere in a larger buffer. */
function bodyAt(offset: number, content: readonly number[]): Body {
  const whole = new Uint8Array(offset + content.length);
  whole.set(content, offset);
  return { kind: "bytes", bytes: whole.subarray(offset) };
}

const LENGTHS = [1, 3, 4, 5, 8, 11];
const OFFSETS = [0, 1, 4, 6];

test.each(LENGTHS)("of %i bytes each one counts, wherever the bodies begin in memory", (length) => {
  const content = Array.from({ length }, (_, index) => index + 1);
  for (const [one, other] of OFFSETS.flatMap((left) => OFFSETS.map((right) => [left, right] as const))) {
    expect(relationOf(bodyAt(one, content), bodyAt(other, content))).toBe("same");
    for (let changed = 0; changed < length; changed += 1)
      expect(relationOf(bodyAt(one, content), bodyAt(other, content.with(changed, 0)))).toBe("different");
  }
});

test("a longer body is not the same as its beginning", () => {
  expect(relationOf(bodyAt(0, [1, 2, 3, 4]), bodyAt(0, [1, 2, 3, 4, 5]))).toBe("different");
});
