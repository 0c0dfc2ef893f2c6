import { expect, it } from "vitest";
import { selfTestTrouble } from "./self-test-trouble.ts";

const at = "2026-01-01T00:00:00.000Z";
const nowMs = Date.parse(at);

it.each([
  ["nothing before the first", undefined, nowMs, undefined],
  ["nothing after one that caught all", { caught: 3, of: 3, at, missed: [] }, nowMs + 59_000, undefined],
  [
    "what was missed",
    { caught: 2, of: 3, at, missed: ["value-change: matched"] },
    nowMs,
    "detector self-test: caught 2 of 3; missed value-change: matched",
  ],
  ["that none was made for long", { caught: 3, of: 3, at, missed: [] }, nowMs + 75_000, "detector self-test: none for 75 s"],
])("says %s", (_title, last, now, expected) => {
  expect(selfTestTrouble(last, now)).toBe(expected);
});
