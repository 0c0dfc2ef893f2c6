import { expect, test } from "vitest";
import { ApiError } from "./api-error.ts";
import { boundedInteger, Query } from "./query.ts";

const queryOf = (search: string): Query => new Query(new URLSearchParams(search));

test("the first value of a repeated key counts, an empty one is absent", () => {
  expect(queryOf("a=1&a=2").optional("a")).toBe("1");
  expect(queryOf("a=&a=2").optional("a")).toBeUndefined();
  expect(queryOf("").optional("a")).toBeUndefined();
});

test("a required field that is blank is missing", () => {
  const query = queryOf("a=%20");
  query.required("a");
  expect(() => query.assertValid()).toThrow("a is required");
});

test("a single problem has no details", () => {
  const query = queryOf("");
  query.required("a");
  expect(bodyOf(query)).toEqual({ error: "a is required" });
});

test("several problems are listed in the order they were found", () => {
  const query = queryOf("");
  query.required("a");
  query.reject("b");
  expect(bodyOf(query)).toEqual({ error: "a is required", details: ["a is required", "b is invalid"] });
});

const LIMIT = { fallback: 100, min: 1, max: 500 };

test.each([
  [undefined, 100],
  ["1", 1],
  ["007", 7],
  ["500", 500],
  ["501", 500],
  ["99999999999999999999", 500],
  ["0", 100],
  ["-1", 100],
  ["1.0", 100],
  ["1e2", 100],
  [" 5", 100],
  ["0x10", 100],
  ["٣", 100],
])("limit %s reads as %i", (text, expected) => {
  expect(boundedInteger(text, LIMIT)).toBe(expected);
});

function bodyOf(query: Query): unknown {
  try {
    query.assertValid();
  } catch (error) {
    if (error instanceof ApiError) return error.body;
  }
  return undefined;
}
