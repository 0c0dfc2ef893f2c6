import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client as Database } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { startRealtimeRecorder, type RealtimeApp, type RealtimeRecorder } from "../realtime-recorder.ts";
import type { ProxyReport } from "../proxy.ts";
import type { SystemName, SystemSettings } from "../systems.ts";
import type { Client, Headers, Reply } from "./client.ts";
import { keepResult, sumOf, TARGET_NAMES, type CaseCounts, type LedgerCounts, type TargetName } from "./coverage.ts";
import { endpointOf } from "./endpoint-index.ts";
import { buildFixtures } from "./fixtures.ts";
import { registerMatchers } from "./replies.ts";
import { CLAIMS } from "./requests.ts";
import { insertRows, type Rows } from "./rows.ts";
import { startTargets, type Targets } from "./targets.ts";
import { AUTH_SECRET, signToken, type Claims } from "./tokens.ts";

registerMatchers();

export const ALLOWED_ORIGIN = "https://admin.example";
export const OTHER_ALLOWED_ORIGIN = "http://localhost:3000";
export const SHADOW_SECRET = "contract-suite-shadow-secret";
export const SERVICE_SECRETS = ["contract-suite-service-token-secret", "contract-suite-former-service-secret"] as const;
/** Small, so that a test can go beyond it. */
export const MEDIA_MAX_BYTES = 3 * 1_048_576;

/** What browsers are told: the same for both systems. */
export const CLIENT_APP = {
  id: "browsers",
  key: "browsers-key",
  secret: "browsers-secret-of-some-length",
  host: "realtime.example",
  port: 6_001,
} as const;
/** What each system broadcasts with: its own, so that the recorder tells them apart. */
const EMITTERS: Readonly<Record<SystemName, RealtimeApp>> = {
  legacy: { id: "emits-legacy", key: "legacy-key", secret: "legacy-secret-of-some-length" },
  nest: { id: "emits-nest", key: "nest-key", secret: "nest-secret-of-some-length" },
};
export const emitterOf = (target: TargetName): RealtimeApp => EMITTERS[target === "nest" ? "nest" : "legacy"];

const CHOSEN = (process.env["CONTRACT_SYSTEMS"] ?? TARGET_NAMES.join()).split(",");
/** Both systems, and legacy through the proxy; `CONTRACT_SYSTEMS=nest` (or `legacy`, `proxy`, a comma list) runs the cases on those only. */
export const SYSTEMS: readonly TargetName[] = TARGET_NAMES.filter((name) => CHOSEN.includes(name));
/** For what is asked of a system itself: an outage, or what only shows without the proxy in between. */
export const DIRECT_SYSTEMS: readonly SystemName[] = SYSTEMS.filter((name) => name !== "proxy");

/** Of a request that is no case of its endpoint. */
export const UNCOUNTED = { "x-request-id": "suite-sentinel" } as const;

export type World = {
  /** When the fixtures were built: their times are relative to it. */
  readonly now: Date;
  readonly rows: Rows;
  readonly database: Database;
  readonly realtime: RealtimeRecorder;
  readonly mediaDir: string;
  /** How the systems of this file were started. */
  readonly settingsOf: (name: SystemName) => SystemSettings;
  readonly legacyUrl: string;
  readonly report: () => Promise<ProxyReport>;
};

export type GetOptions = { readonly as?: Claims; readonly headers?: Headers; readonly method?: "GET" | "HEAD" | "OPTIONS" };

type WorldOptions = {
  readonly databaseUrlOf?: (url: string) => string | Promise<string>;
  /** Variables of both systems, over the usual ones; an empty text unsets one. */
  readonly env?: Readonly<Record<string, string>>;
  readonly systems?: readonly TargetName[];
};

/** One database with the fixtures and the systems on it, for the tests of this file. */
export function useWorld({ databaseUrlOf = (url) => url, env = {}, systems = SYSTEMS }: WorldOptions = {}) {
  const cases: CaseCounts = {};
  const asked = new Map<string, TargetName>();
  let testFile = "";
  let current: World | undefined;
  let targets: Targets | undefined;
  let template: TestDatabase | undefined;

  beforeAll(async () => {
    template = await createTestDatabase("whatsapp");
    const database = new Database({ connectionString: template.url });
    await database.connect();
    const now = new Date();
    const realtime = await startRealtimeRecorder(Object.values(EMITTERS));
    const rows = buildFixtures(now);
    await insertRows(database, rows);
    const mediaDir = await mkdtemp(join(tmpdir(), "parallax-media-"));
    const databaseUrl = await databaseUrlOf(template.url);
    const settingsOf = (name: SystemName): SystemSettings => {
      const variables = { ...variablesOf(name, { realtime, mediaDir }), ...env };
      return { databaseUrl, authSecret: AUTH_SECRET, allowedOrigins: [ALLOWED_ORIGIN, OTHER_ALLOWED_ORIGIN], env: variables };
    };
    targets = await startTargets(systems, settingsOf);
    const { legacyUrl, report } = targets;
    current = { now, rows, database, realtime, mediaDir, settingsOf, legacyUrl, report };
  });

  beforeEach(({ task }) => {
    testFile = task.file.name;
    asked.clear();
  });

  afterEach(async ({ task }) => {
    if ([...asked.values()].includes("proxy")) await targets?.settled();
    if (task.result?.state === "fail") return;
    for (const [key, target] of asked) {
      const counts = (cases[key.split(" ")[0] ?? ""] ??= {});
      counts[target] = (counts[target] ?? 0) + 1;
    }
  });

  afterAll(async () => {
    const report = await targets?.report();
    await targets?.stop();
    await current?.realtime.close();
    await current?.database.end();
    await template?.drop();
    if (current !== undefined) await rm(current.mediaDir, { recursive: true, force: true });
    const ledger: LedgerCounts = sumOf((report?.endpoints ?? []).map((endpoint) => endpoint.ledger));
    keepResult(testFile, { cases, ledger });
    const drifts = report?.drifts.map(({ endpoint, path, kind }) => `${endpoint} ${path} ${kind}`) ?? [];
    if (drifts.length > 0) throw new Error(`the two systems drifted under this file's reads: ${drifts.join("; ")}`);
  });

  const world = (): World => {
    if (current === undefined) throw new Error("the world is built before the first test, not while tests are collected");
    return current;
  };
  const client = (name: TargetName): Client => {
    if (targets === undefined) throw new Error("the systems are started before the first test");
    const { send, close } = targets.client(name);
    const count: Client["send"] = (ask) => {
      const endpoint = endpointOf(ask.method ?? "GET", ask.target);
      if (endpoint !== undefined && ask.headers?.["x-request-id"] !== UNCOUNTED["x-request-id"]) asked.set(`${endpoint} ${name}`, name);
      return send(ask);
    };
    return { send: count, close };
  };
  /** A read with a good bearer token (of alpha's admin unless `as` says otherwise). */
  const get = (name: TargetName, target: string, { as = CLAIMS.admin, headers = {}, method = "GET" }: GetOptions = {}): Promise<Reply> =>
    client(name).send({ target, method, headers: { authorization: `Bearer ${signToken(as)}`, ...headers } });
  /** Resolves when the shadow side has finished with what was read: rows may change now without a race. */
  const settled = async (): Promise<void> => targets?.settled();
  return { world, client, get, settled };
}

export type Contract = ReturnType<typeof useWorld>;

export function variablesOf(name: SystemName, { realtime, mediaDir }: Pick<World, "realtime" | "mediaDir">): Record<string, string> {
  const { id, key, secret } = EMITTERS[name];
  return {
    PARALLAX_SHADOW_SECRET: SHADOW_SECRET,
    SERVICE_TOKEN_SECRET: SERVICE_SECRETS.join(","),
    MEDIA_DIR: mediaDir,
    MEDIA_MAX_BYTES: String(MEDIA_MAX_BYTES),
    SEND_RATE_PER_MINUTE: "0",
    AUTH_RATE_PER_MINUTE: "0",
    PUSHER_HOST: "127.0.0.1",
    PUSHER_PORT: String(realtime.port),
    PUSHER_USE_TLS: "false",
    PUSHER_APP_ID: id,
    PUSHER_KEY: key,
    PUSHER_SECRET: secret,
    PUSHER_CLIENT_HOST: CLIENT_APP.host,
    PUSHER_CLIENT_PORT: String(CLIENT_APP.port),
    PUSHER_CLIENT_USE_TLS: "true",
    PUSHER_CLIENT_APP_ID: CLIENT_APP.id,
    PUSHER_CLIENT_KEY: CLIENT_APP.key,
    PUSHER_CLIENT_SECRET: CLIENT_APP.secret,
  };
}
