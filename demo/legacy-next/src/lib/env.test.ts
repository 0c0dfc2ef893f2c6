import { join } from "node:path";
import { expect, test } from "vitest";
import { parseEnv } from "./env.ts";

const GOOD = { DATABASE_URL: "postgresql://app:pw@127.0.0.1:5432/app", AUTH_SECRET: "0123456789abcdef" };

test("a minimal environment gets the defaults", () => {
  expect(parseEnv(GOOD)).toEqual({
    databaseUrl: GOOD.DATABASE_URL,
    authSecret: GOOD.AUTH_SECRET,
    allowedOrigins: [],
    serviceTokenSecrets: [],
    isSignInEnabled: false,
    retiredFamilies: [],
    realtime: undefined,
    mediaDir: join(".parallax", "media"),
    mediaMaxBytes: 1_073_741_824,
    sendRatePerMinute: 120,
    authRatePerMinute: 300,
    logLevel: "info",
  });
});

const BROKER = { PUSHER_HOST: "127.0.0.1", PUSHER_PORT: "6001", PUSHER_USE_TLS: "false", PUSHER_APP_ID: "1", PUSHER_KEY: "k", PUSHER_SECRET: "s" };

test("browsers get the emitter's broker, but for what PUSHER_CLIENT_ says", () => {
  const emitter = { appId: "1", key: "k", secret: "s", host: "127.0.0.1", port: 6001, useTls: false };
  expect(parseEnv({ ...GOOD, ...BROKER }).realtime).toEqual({ emitter, client: emitter, cluster: "mt1" });
  const { realtime } = parseEnv({ ...GOOD, ...BROKER, PUSHER_CLIENT_PORT: "6002", PUSHER_CLIENT_KEY: "ck", PUSHER_CLUSTER: "eu" });
  expect(realtime).toEqual({ emitter, client: { ...emitter, port: 6002, key: "ck" }, cluster: "eu" });
});

test("a broker that is half described is an error that names what is missing", () => {
  const message = messageOf(() => parseEnv({ ...GOOD, PUSHER_HOST: "127.0.0.1", PUSHER_PORT: "0" }));
  for (const name of ["PUSHER_APP_ID", "PUSHER_KEY", "PUSHER_SECRET", "PUSHER_PORT"]) expect(message).toContain(name);
});

test("a family to retire has to be one", () => {
  expect(parseEnv({ ...GOOD, RETIRED_FAMILIES: "transfers, config" }).retiredFamilies).toEqual(["config", "transfers"]);
  expect(() => parseEnv({ ...GOOD, RETIRED_FAMILIES: "contact" })).toThrow("RETIRED_FAMILIES");
});

test("an empty variable counts as absent", () => {
  const env = parseEnv({ ...GOOD, ALLOWED_ORIGINS: "", DEMO_SIGN_IN: "", NEXT_PUBLIC_WHATSAPP_API_BASE_URL: "" });
  expect(env.allowedOrigins).toEqual([]);
  expect(env.isSignInEnabled).toBe(false);
});

test("origins are a comma list with room for spaces", () => {
  const { allowedOrigins } = parseEnv({ ...GOOD, ALLOWED_ORIGINS: "https://admin.example, http://127.0.0.1:8080," });
  expect(allowedOrigins).toEqual(["https://admin.example", "http://127.0.0.1:8080"]);
});

test("one message names every bad variable", () => {
  const bad = { AUTH_SECRET: "short", ALLOWED_ORIGINS: "*", DEMO_SIGN_IN: "yes", NEXT_PUBLIC_WHATSAPP_API_BASE_URL: "api.example" };
  const names = ["DATABASE_URL", "AUTH_SECRET", "ALLOWED_ORIGINS", "DEMO_SIGN_IN", "NEXT_PUBLIC_WHATSAPP_API_BASE_URL"];
  const message = messageOf(() => parseEnv(bad));
  for (const name of names) expect(message).toContain(name);
});

test("a message never repeats a secret", () => {
  const message = messageOf(() => parseEnv({ DATABASE_URL: "mysql://app:hunter2@db/app", AUTH_SECRET: "hunter3" }));
  expect(message).not.toMatch(/hunter/);
});

test.each(["https://admin.example/", "https://admin.example/path", "null", "*", "admin.example"])("%s is no origin", (origin) => {
  expect(() => parseEnv({ ...GOOD, ALLOWED_ORIGINS: origin })).toThrow("ALLOWED_ORIGINS");
});

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}
