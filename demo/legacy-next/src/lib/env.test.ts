import { expect, test } from "vitest";
import { parseEnv } from "./env.ts";

const GOOD = { DATABASE_URL: "postgresql://app:pw@127.0.0.1:5432/app", AUTH_SECRET: "0123456789abcdef" };

test("a minimal environment gets the defaults", () => {
  expect(parseEnv(GOOD)).toEqual({
    databaseUrl: GOOD.DATABASE_URL,
    authSecret: GOOD.AUTH_SECRET,
    allowedOrigins: [],
    isSignInEnabled: false,
  });
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
