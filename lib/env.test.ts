import { describe, expect, it } from "vitest";
import { z } from "zod";
import { httpUrlVariable, parseEnv, portVariable, postgresUrlVariable, secretVariable } from "./env.ts";

const schema = z.object({
  PORT: portVariable.default(3001),
  DATABASE_URL: postgresUrlVariable.describe("a postgresql:// URL"),
  AUTH_SECRET: secretVariable.describe("the HS256 secret"),
  LEGACY_URL: httpUrlVariable.optional(),
});

const good = { DATABASE_URL: "postgresql://x@127.0.0.1/y", AUTH_SECRET: "0123456789abcdef" };

describe("the environment", () => {
  it("is parsed with defaults, an empty value counting as absent", () => {
    expect(parseEnv("api", schema, { ...good, PORT: "" })).toEqual({ ...good, PORT: 3001 });
  });

  it("is refused with one message that names every bad variable", () => {
    const parse = () => parseEnv("api", schema, { PORT: "x", AUTH_SECRET: "short", LEGACY_URL: "ftp://x" });
    expect(parse).toThrow(
      /^api cannot start: PORT: expected a port from 0 to 65535, got "x"; DATABASE_URL is required \(a postgresql:\/\/ URL\); AUTH_SECRET: expected at least 16 characters; LEGACY_URL: /,
    );
  });

  it("never repeats a secret or a database URL", () => {
    const parse = () => parseEnv("api", schema, { DATABASE_URL: "mysql://me:hunter2@h/d", AUTH_SECRET: "tooshort" });
    expect(parse).toThrow(/DATABASE_URL: expected a postgresql:\/\/ URL/);
    expect(parse).not.toThrow(/hunter2|tooshort/);
  });

  it("takes a trailing slash off an URL", () => {
    expect(parseEnv("api", schema, { ...good, LEGACY_URL: "http://127.0.0.1:3000/" }).LEGACY_URL).toBe("http://127.0.0.1:3000");
  });
});
