import { expect, test } from "vitest";
import { isDatabaseUnavailable } from "./database-unavailable.ts";

const withFields = (fields: object): Error => Object.assign(new Error("query failed"), fields);

// Shapes seen from Prisma 7.5 with its pg adapter: server stopped, pool exhausted, statement cancelled, server killed.
test.each([
  ["refused connection", withFields({ code: "P1001", meta: { driverAdapterError: { cause: { kind: "DatabaseNotReachable" } } } })],
  ["unknown database", withFields({ code: "P1003" })],
  ["exhausted pool", new Error("timeout exceeded when trying to connect")],
  ["too many connections", withFields({ cause: { kind: "TooManyConnections", originalCode: "53300" } })],
  ["cancelled statement", withFields({ code: "P2010", meta: { driverAdapterError: { cause: { kind: "postgres", code: "57014" } } } })],
  ["server shutting down", withFields({ cause: { kind: "postgres", originalCode: "57P01" } })],
  ["lost connection", withFields({ cause: new Error("Connection terminated unexpectedly") })],
  ["socket error", withFields({ code: "ECONNREFUSED" })],
])("%s is unavailability", (_name, error) => {
  expect(isDatabaseUnavailable(error)).toBe(true);
});

test.each([
  ["missing table", withFields({ code: "P2021", meta: { driverAdapterError: { cause: { kind: "TableDoesNotExist", originalCode: "42P01" } } } })],
  ["unique violation", withFields({ code: "P2002" })],
  ["programming error", new TypeError("x is not a function")],
  ["permission denied", withFields({ cause: { kind: "postgres", originalCode: "42501" } })],
  ["thrown text", "ECONNREFUSED"],
  ["undefined", undefined],
])("%s is not", (_name, error) => {
  expect(isDatabaseUnavailable(error)).toBe(false);
});

test("an error that causes itself ends the search", () => {
  const error: { cause?: unknown } = {};
  error.cause = error;
  expect(isDatabaseUnavailable(error)).toBe(false);
});
