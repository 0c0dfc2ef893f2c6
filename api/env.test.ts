import { describe, expect, it } from "vitest";
import { readApiEnv } from "./env.ts";

const GOOD = { DATABASE_URL: "postgresql://user:hidden@127.0.0.1:5432/app", AUTH_SECRET: "0123456789abcdef" };

describe("the environment", () => {
  it("has defaults for all but the database and the secret", () => {
    expect(readApiEnv({ ...GOOD, ALLOWED_ORIGINS: "", PARALLAX_SHADOW_SECRET: "" })).toEqual({
      port: 3_001,
      host: "127.0.0.1",
      databaseUrl: GOOD.DATABASE_URL,
      authSecret: GOOD.AUTH_SECRET,
      allowedOrigins: [],
      shadowSecret: undefined,
      serviceTokenSecrets: [],
      realtime: undefined,
      mediaDir: ".parallax/media",
      mediaMaxBytes: 1_073_741_824,
      sendRatePerMinute: 120,
      authRatePerMinute: 300,
      logLevel: "info",
    });
  });

  it("takes a list of origins", () => {
    const { allowedOrigins } = readApiEnv({ ...GOOD, ALLOWED_ORIGINS: "https://a.example.com, http://localhost:3000 ," });
    expect(allowedOrigins).toEqual(["https://a.example.com", "http://localhost:3000"]);
  });

  it.each(["*", "https://a.example.com/", "a.example.com", "https://A.example.com", "null", "https://a.example.com,*"])(
    "refuses %s as an origin",
    (list) => {
      expect(() => readApiEnv({ ...GOOD, ALLOWED_ORIGINS: list })).toThrow(/ALLOWED_ORIGINS: expected a comma list of origins/);
    },
  );

  it("names every problem in one message, and no value", () => {
    const bad = { DATABASE_URL: "mysql://user:hidden@host/app", PORT: "99999", LOG_LEVEL: "loud" };
    expect(() => readApiEnv(bad)).toThrow(/^api cannot start: PORT.*DATABASE_URL.*AUTH_SECRET is required.*LOG_LEVEL/);
    expect(() => readApiEnv(bad)).not.toThrow(/hidden/);
  });
});
