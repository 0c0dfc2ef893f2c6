import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT, type JWTPayload } from "jose";
import { createLogger } from "../../lib/log.ts";
import { createWhatsappClient } from "../../prisma/clients.ts";
import { createApi } from "../app.ts";
import type { ApiEnv } from "../env.ts";
import type { Database, Timing } from "../runtime/tokens.ts";

export const AUTH_SECRET = "test-secret-of-user-tokens";
export const SERVICE_SECRET = "test-secret-of-service-tokens";
export const SHADOW_SECRET = "test-secret-of-the-shadow-role";
export const ALLOWED_ORIGIN = "https://admin.example.com";

export type TestApi = {
  readonly url: string;
  /** A client of the same database, to put rows there. */
  readonly database: Database;
  /** Lines of the log, as text. */
  readonly logLines: readonly string[];
  readonly get: (path: string, init?: TestRequest) => Promise<Response>;
  /** A JSON body on a POST; `method` in `init` makes it another one. */
  readonly post: (path: string, body?: unknown, init?: TestRequest) => Promise<Response>;
  readonly close: () => Promise<void>;
};
export type TestRequest = {
  readonly token?: string | null;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
};

/** The real service on a free port, with a caller of tenant `t1` by default. */
export async function startTestApi(databaseUrl: string, timing: Partial<Timing> = {}, over: Partial<ApiEnv> = {}): Promise<TestApi> {
  const logLines: string[] = [];
  const log = createLogger({ program: "api", level: "debug", destination: { write: (line: string) => void logLines.push(line) } });
  const api = createApi({ ...testEnv(databaseUrl), ...over }, log, timing);
  const { port } = await api.listen();
  const url = `http://127.0.0.1:${port}`;
  const database = createWhatsappClient({ url: databaseUrl, poolMax: 2, connectTimeoutMs: 5_000, applicationName: "test" });
  const defaultToken = await tokenFor({});
  const get: TestApi["get"] = (path, { token = defaultToken, headers = {}, ...init } = {}) =>
    fetch(url + path, { redirect: "manual", ...init, headers: token === null ? headers : { authorization: `Bearer ${token}`, ...headers } });
  return {
    url,
    database,
    logLines,
    get,
    post: (path, body = {}, { headers = {}, ...init } = {}) =>
      get(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers }, ...init }),
    close: async () => {
      await api.close();
      await database.$disconnect();
    },
  };
}

export function testEnv(databaseUrl: string): ApiEnv {
  return {
    port: 0,
    host: "127.0.0.1",
    databaseUrl,
    authSecret: AUTH_SECRET,
    allowedOrigins: [ALLOWED_ORIGIN],
    shadowSecret: SHADOW_SECRET,
    serviceTokenSecrets: [SERVICE_SECRET],
    realtime: undefined,
    mediaDir: join(tmpdir(), "parallax-test-media"),
    mediaMaxBytes: 1_073_741_824,
    sendRatePerMinute: 0,
    authRatePerMinute: 0,
    logLevel: "debug",
  };
}

/** A good token of an admin of tenant `t1`, with claims replaced or, as undefined, left out. */
export async function tokenFor(claims: Record<string, unknown>, secret = AUTH_SECRET): Promise<string> {
  const payload = {
    sub: "u1",
    email: "u1@example.com",
    tenantId: "t1",
    role: "admin",
    exp: Math.floor(Date.now() / 1_000) + 600,
    ...claims,
  } as JWTPayload;
  return new SignJWT(payload).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(secret));
}
