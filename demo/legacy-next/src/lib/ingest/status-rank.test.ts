import { expect, test } from "vitest";
import { rises } from "./status-rank.ts";

const ORDER = ["PENDING", "FAILED", "SENT", "DELIVERED", "READ"] as const;

test.each(ORDER.flatMap((from) => ORDER.map((to) => [from, to] as const)))("from %s to %s is up only along the order", (from, to) => {
  expect(rises(from, to)).toBe(ORDER.indexOf(to) > ORDER.indexOf(from));
});
