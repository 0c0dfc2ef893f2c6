import { expect, it } from "vitest";
import { backOffMs } from "./back-off.ts";

it("doubles from a second to a minute", () => {
  expect([1, 2, 3, 6, 7, 50, 5_000].map((attempt) => backOffMs(attempt, 1))).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000]);
});

it("leaves half of the wait to chance, never less than the other half", () => {
  expect(backOffMs(3, 0)).toBe(2_000);
  expect(backOffMs(3, 0.5)).toBe(3_000);
});
