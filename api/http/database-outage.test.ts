import { describe, expect, it } from "vitest";
import { isDatabaseOutage, sqlStateOf } from "./database-outage.ts";

/** As Prisma's client throws for a failed raw query. */
const known = (cause: object, code = "P2010") => Object.assign(new Error("Raw query failed"), { code, meta: { driverAdapterError: { cause } } });
/** As the adapter throws it. */
const adapter = (cause: object) => Object.assign(new Error("x"), { cause });

describe("an outage of the database", () => {
  it.each<[string, unknown]>([
    ["cannot be reached", known({ kind: "DatabaseNotReachable" })],
    ["refused on both addresses of localhost", new AggregateError([Object.assign(new Error("x"), { code: "ECONNREFUSED" })])],
    ["shut down by its administrator", known({ originalCode: "57P01", kind: "postgres" })],
    ["starting", adapter({ originalCode: "57P03" })],
    ["gone", known({ kind: "DatabaseDoesNotExist", originalCode: "3D000" }, "P1003")],
    ["out of connections", known({ kind: "TooManyConnections" })],
    ["without a free connection in the pool", new Error("timeout exceeded when trying to connect")],
    ["too slow: statement cancelled", known({ originalCode: "57014" })],
    ["too slow: no answer", new Error("Query read timeout")],
    ["cut off", new Error("Connection terminated unexpectedly")],
  ])("%s", (_name, error) => {
    expect(isDatabaseOutage(error)).toBe(true);
  });

  it.each<[string, unknown]>([
    ["a missing column", known({ originalCode: "42703", kind: "ColumnNotFound" })],
    ["a violated key", known({ originalCode: "23505" }, "P2002")],
    ["an error of ours", new TypeError("x is not a function")],
    ["nothing", undefined],
    ["text", "ECONNREFUSED"],
  ])("is not %s", (_name, error) => {
    expect(isDatabaseOutage(error)).toBe(false);
  });

  it("is looked for in a chain of causes, even a circular one", () => {
    const inner = Object.assign(new Error("inner"), { code: "ECONNRESET" });
    expect(isDatabaseOutage(new Error("outer", { cause: new Error("middle", { cause: inner }) }))).toBe(true);
    const circular: Error & { cause?: unknown } = new Error("circular");
    circular.cause = circular;
    expect(isDatabaseOutage(circular)).toBe(false);
  });

  it("has an SQLSTATE for the log", () => {
    expect(sqlStateOf(known({ originalCode: "42P01" }))).toBe("42P01");
    expect(sqlStateOf(adapter({ originalCode: "22021" }))).toBe("22021");
    expect(sqlStateOf(new Error("x"))).toBeUndefined();
    expect(sqlStateOf(undefined)).toBeUndefined();
  });
});
