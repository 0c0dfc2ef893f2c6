import { expect, test } from "vitest";
import { entityTag, isNoneMatch } from "./entity-tag.ts";

const TAG = entityTag("ab12");

test.each(["*", ' "ab12" ', '"x", "ab12"', 'W/"ab12"', '"a,b","ab12"'])("%s matches", (header) => {
  expect(isNoneMatch(header, TAG)).toBe(true);
});

test.each([null, "", "ab12", '"ab1"', '"x"', '"*"', '"xab12"'])("%s does not", (header) => {
  expect(isNoneMatch(header, TAG)).toBe(false);
});
