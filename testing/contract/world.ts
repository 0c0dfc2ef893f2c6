import { Client as Database } from "pg";
import { afterAll, beforeAll } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { startSystem, SYSTEM_NAMES, type RunningSystem, type SystemName } from "../systems.ts";
import { createClient, type Client, type Headers, type Reply } from "./client.ts";
import { buildFixtures } from "./fixtures.ts";
import { registerMatchers } from "./replies.ts";
import { CLAIMS } from "./requests.ts";
import { insertRows, type Rows } from "./rows.ts";
import { AUTH_SECRET, signToken, type Claims } from "./tokens.ts";

registerMatchers();

export const ALLOWED_ORIGIN = "https://admin.example";
export const OTHER_ALLOWED_ORIGIN = "http://localhost:3000";
export const SHADOW_SECRET = "contract-suite-shadow-secret";

/** Both systems; `CONTRACT_SYSTEMS=nest` (or `legacy`) runs the cases on one of them only. */
export const SYSTEMS: readonly SystemName[] = SYSTEM_NAMES.filter((name) =>
  (process.env["CONTRACT_SYSTEMS"] ?? SYSTEM_NAMES.join()).split(",").includes(name),
);

export type World = {
  /** When the fixtures were built: their times are relative to it. */
  readonly now: Date;
  readonly rows: Rows;
  readonly database: Database;
};

export type GetOptions = { readonly as?: Claims; readonly headers?: Headers; readonly method?: "GET" | "HEAD" | "OPTIONS" };

/** One database with the fixtures and both systems on it, for the tests of this file. */
export function useWorld({ databaseUrlOf = (url: string): string | Promise<string> => url } = {}) {
  const started = new Map<SystemName, { system: RunningSystem; client: Client }>();
  const failures = new Map<SystemName, unknown>();
  let current: World | undefined;
  let template: TestDatabase | undefined;

  beforeAll(async () => {
    template = await createTestDatabase("whatsapp");
    const database = new Database({ connectionString: template.url });
    await database.connect();
    const now = new Date();
    current = { now, rows: buildFixtures(now), database };
    await insertRows(database, current.rows);
    const settings = {
      databaseUrl: await databaseUrlOf(template.url),
      authSecret: AUTH_SECRET,
      allowedOrigins: [ALLOWED_ORIGIN, OTHER_ALLOWED_ORIGIN],
      env: { PARALLAX_SHADOW_SECRET: SHADOW_SECRET, SERVICE_TOKEN_SECRET: "contract-suite-service-token-secret" },
    };
    await Promise.all(
      SYSTEMS.map(async (name) => {
        try {
          const system = await startSystem(name, settings);
          started.set(name, { system, client: createClient(system.baseUrl) });
        } catch (error) {
          failures.set(name, error); // the other system's tests go on
        }
      }),
    );
  });

  afterAll(async () => {
    await Promise.all([...started.values()].map(({ client }) => client.close()));
    await Promise.all([...started.values()].map(({ system }) => system.stop()));
    await current?.database.end();
    await template?.drop();
  });

  const world = (): World => {
    if (current === undefined) throw new Error("the world is built before the first test, not while tests are collected");
    return current;
  };
  const client = (name: SystemName): Client => {
    const found = started.get(name);
    if (found === undefined) throw new Error(`${name} is not running`, { cause: failures.get(name) });
    return found.client;
  };
  /** A read with a good bearer token (of alpha's admin unless `as` says otherwise). */
  const get = (name: SystemName, target: string, { as = CLAIMS.admin, headers = {}, method = "GET" }: GetOptions = {}): Promise<Reply> =>
    client(name).send({ target, method, headers: { authorization: `Bearer ${signToken(as)}`, ...headers } });
  return { world, client, get };
}
