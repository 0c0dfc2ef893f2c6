import { describe, expect, it } from "vitest";
import { z } from "zod";
import { shapeProblems } from "./shape.ts";

const schema = z.object({
  id: z.string(),
  inner: z.object({ a: z.int(), b: z.string().nullable() }).nullable(),
  list: z.array(z.object({ x: z.int() })),
  free: z.record(z.string(), z.unknown()),
});
const good = { id: "1", inner: { a: 1, b: null }, list: [{ x: 1 }], free: { any: 1 } };

describe("shapeProblems", () => {
  it("finds nothing wrong with a good value", () => {
    expect(shapeProblems(schema, good)).toEqual([]);
    expect(shapeProblems(schema, { ...good, inner: null, list: [] })).toEqual([]);
  });

  it.each([
    ["a wrong type", { ...good, id: 1 }, "$.id"],
    ["a missing key", { id: "1", inner: null, list: [] }, "$.free"],
    ["an unknown key", { ...good, more: 1 }, "$.more: unknown key"],
    ["an unknown key further in", { ...good, inner: { a: 1, b: null, c: 1 } }, "$.inner.c: unknown key"],
    ["an unknown key in a list", { ...good, list: [{ x: 1 }, { x: 1, y: 2 }] }, "$.list[1].y: unknown key"],
    ["another order of keys", { inner: null, id: "1", list: [], free: {} }, "$: keys in the order"],
    ["another order further in", { ...good, inner: { b: null, a: 1 } }, "$.inner: keys in the order"],
  ])("finds %s", (_, value, problem) => {
    const problems = shapeProblems(schema, value);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });
});
