import { expect, it } from "vitest";
import { readWorkerEnv } from "./env.ts";

const NEEDED = {
  DATABASE_URL: "postgresql://user:hidden-password@127.0.0.1/app",
  INGEST_URL: "http://127.0.0.1:8080/",
  SERVICE_TOKEN_SECRET: "first-secret-of-many, second-secret-of-many",
};

it("names every missing and bad variable in one message, and repeats no secret", () => {
  const bad = { SERVICE_TOKEN_SECRET: "short", AUTH_STATE_KEY: "not-a-key", WHATSAPP_WS_URL: "http://x", SEND_AGENT_PREFIX: "yes" };
  const read = () => readWorkerEnv(bad);
  for (const name of ["DATABASE_URL", "INGEST_URL", ...Object.keys(bad)]) expect(read).toThrow(name);
  expect(read).not.toThrow(/short|not-a-key/);
  expect(read).toThrow(/^worker cannot start: /);
});

it("needs three variables, and has a default for the rest", () => {
  expect(readWorkerEnv(NEEDED)).toMatchObject({
    ingestUrl: "http://127.0.0.1:8080",
    ingestFallbackUrl: undefined,
    serviceTokenSecret: "first-secret-of-many",
    whatsappUrl: "wss://web.whatsapp.com/ws/chat",
    authStateKeys: [],
    isAgentPrefixed: false,
    port: 3_002,
  });
});

it("takes several keys for what lies in the database, so that they can be rotated", () => {
  const { authStateKeys } = readWorkerEnv({ ...NEEDED, AUTH_STATE_KEY: `${"0a".repeat(32)}, ${"0b".repeat(32)}` });
  expect(authStateKeys.map((key) => key[0])).toEqual([10, 11]);
});
