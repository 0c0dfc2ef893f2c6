import { vi } from "vitest";
import { database } from "../lib/database.ts";
import { signToken, type Role } from "../lib/auth/token.ts";
import type { RouteHandlers } from "../lib/http/route.ts";
import { settleEmissions } from "../lib/realtime/emitter.ts";
import { startCapturingBroker, type Captured } from "./capturing-broker.ts";

type TestDatabase = { readonly url: string; readonly drop: () => Promise<void> };

const SECRET = "a-secret-for-tests-only";

export type Person = { readonly userId: string; readonly tenantId: string | undefined; readonly role: Role };
export type Answer = { readonly status: number; readonly body: Record<string, unknown> };

export type LegacyForTests = {
  readonly db: ReturnType<typeof database>;
  readonly call: (handlers: RouteHandlers, request: Call) => Promise<Answer>;
  /** Everything broadcast since the last call, once it has all arrived. */
  readonly emissions: () => Promise<Captured[]>;
  readonly stop: () => Promise<void>;
};

type Call = { readonly as: Person; readonly method: keyof RouteHandlers; readonly path: string; readonly body?: unknown };

/** The app's handlers on a database of their own, publishing to a broker on loopback. One a test file: the app has one environment. */
export async function startLegacyForTests(testDatabase: TestDatabase): Promise<LegacyForTests> {
  const broker = await startCapturingBroker();
  const variables = {
    DATABASE_URL: testDatabase.url,
    AUTH_SECRET: SECRET,
    LOG_LEVEL: "silent",
    PUSHER_HOST: "127.0.0.1",
    PUSHER_PORT: String(broker.port),
    PUSHER_USE_TLS: "false",
    PUSHER_APP_ID: "app",
    PUSHER_KEY: "key",
    PUSHER_SECRET: "secret",
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const db = database();
  return {
    db,
    call,
    emissions: async () => {
      await settleEmissions();
      return broker.take();
    },
    stop: async () => {
      await db.$disconnect();
      await broker.close();
      await testDatabase.drop();
    },
  };
}

async function call(handlers: RouteHandlers, { as, method, path, body }: Call): Promise<Answer> {
  const validity = { issuedAtSeconds: Math.floor(Date.now() / 1_000), lifetimeSeconds: 60 };
  const token = await signToken({ ...as, email: undefined }, SECRET, validity);
  const response = await handlers[method](
    new Request(`http://host${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
