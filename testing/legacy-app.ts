import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll } from "vitest";
import { AUTH_SECRET, nowS, signToken } from "./contract/tokens.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import type { Broker, Heard } from "./listening-broker.ts";
import { startSystem, type RunningSystem } from "./systems.ts";

export const SERVICE_SECRET = "service-secret-for-tests-only";
export const TENANT = "tenant-a";
export const OTHER_TENANT = "tenant-b";
export const SESSION = "main";

export type App = {
  readonly baseUrl: string;
  readonly database: Client;
  readonly mediaDir: string;
  readonly output: () => string;
  /** Every file under the media folder, temporary ones included. */
  readonly files: () => readonly string[];
};

/** The built app on a database and a media folder of its own, for the tests of one file. */
export function useApp(env: () => Readonly<Record<string, string>> = () => ({})): () => App {
  let app: App | undefined;
  let system: RunningSystem | undefined;
  let template: TestDatabase | undefined;
  let folder: string | undefined;

  beforeAll(async () => {
    template = await createTestDatabase("whatsapp");
    folder = await mkdtemp(join(tmpdir(), "legacy-app-"));
    const mediaDir = join(folder, "media");
    const database = new Client({ connectionString: template.url });
    await database.connect();
    await insertPeople(database);
    const fixed = { MEDIA_DIR: mediaDir, SERVICE_TOKEN_SECRET: SERVICE_SECRET, SEND_RATE_PER_MINUTE: "0" };
    system = await startSystem("legacy", { databaseUrl: template.url, authSecret: AUTH_SECRET, env: { ...fixed, ...env() } });
    app = { baseUrl: system.baseUrl, database, mediaDir, output: system.output, files: () => filesBelow(mediaDir) };
  });
  afterAll(async () => {
    await system?.stop();
    await app?.database.end();
    await template?.drop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });
  return () => {
    if (app === undefined) throw new Error("the app is not running");
    return app;
  };
}

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Two tenants with a user each, a connected session with a secret of its own in the first. */
export async function insertPeople(database: Client): Promise<void> {
  await database.query(`insert into tenants (id, name, "updatedAt") values ($1, 'A', now()), ($2, 'B', now())`, [TENANT, OTHER_TENANT]);
  await database.query(
    `insert into users (id, "tenantId", email, name, "updatedAt") values ('user-a', $1, 'a@users.example', 'Ana', now()), ('user-b', $2, 'b@users.example', 'Bea', now())`,
    [TENANT, OTHER_TENANT],
  );
  await insertSession(database, { sessionId: SESSION, tenantId: TENANT });
}

type NewSession = { readonly sessionId: string; readonly tenantId: string; readonly status?: string };

export async function insertSession(database: Client, { sessionId, tenantId, status = "CONNECTED" }: NewSession): Promise<void> {
  await database.query(
    `insert into whatsapp_sessions (id, "sessionId", "tenantId", status, "desiredState", "sendSecret", "lastConnected", "updatedAt")
     values ($1, $2, $3, $4::"WhatsAppSessionStatus", 'RUNNING', $5, now(), now())`,
    [`row-${sessionId}`, sessionId, tenantId, status, randomBytes(32).toString("hex")],
  );
}

export const tokenOf = (tenantId = TENANT, role = "user"): string =>
  signToken({ sub: tenantId === TENANT ? "user-a" : "user-b", tenantId, role, email: "x@users.example" });

export const bearer = (token = tokenOf()): { readonly authorization: string } => ({ authorization: `Bearer ${token}` });

/** A worker's token with these scopes. */
export function workerToken(scope: string, claims: Readonly<Record<string, unknown>> = {}, secret = SERVICE_SECRET): string {
  const iat = nowS();
  return signToken({ aud: "ingest", sub: "worker-1", scope, iat, exp: iat + 60, ...claims }, { secret });
}

/**
 * What the app has broadcast about the session since the last call: all of it, because a channel keeps its order and the test QR
 * that is asked for here comes last.
 */
export async function toldBy({ baseUrl }: Pick<App, "baseUrl">, broker: Broker): Promise<readonly Heard[]> {
  const response = await fetch(`${baseUrl}/api/whatsapp/test-qr`, {
    method: "POST",
    headers: { ...bearer(tokenOf(TENANT, "admin")), "content-type": "application/json" },
    body: JSON.stringify({ sessionId: SESSION }),
  });
  if (response.status !== 200) throw new Error(`expected 200 from test-qr, got ${response.status}`);
  await response.arrayBuffer();
  return broker.until(({ data }) => data["qr"] === `test-qr:${SESSION}`);
}
