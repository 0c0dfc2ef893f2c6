import { SignJWT } from "jose";
import { CANDIDATE_ROLE, HEADER, signRole } from "../../lib/wire.ts";
import { migrate } from "../../prisma/migrate.ts";
import { check, failed, ok, skipped, type CheckResult, type Finding } from "./check.ts";
import type { DoctorEnv } from "./doctor-env.ts";
import { probe } from "./probe.ts";

export type Deployment = {
  readonly env: DoctorEnv;
  readonly locateStore: () => Promise<string>;
  readonly token: string | undefined;
  /** A read that needs a token, on each system. */
  readonly path: { readonly legacy: string; readonly nest: string };
};

/** Nothing serves it: who is refused there is refused for its role alone. */
const NOWHERE = "/parallax-doctor";
const MAX_SKEW_MS = 30_000;
const TOKEN_LIFE = "60s";
const APP = /^[^:\s]+:[^:\s]+:[^:\s]+$/;

/** Everything that must hold before a proxy is trusted with traffic. Reads only. */
export async function examine({ env, locateStore, token, path }: Deployment): Promise<CheckResult[]> {
  const systems = { legacy: env.LEGACY_URL, nest: env.CANDIDATE_URL };
  const operators = `http://${env.HOST}:${env.OPS_PORT}`;
  return [
    await check("legacy answers", () => reachable(systems.legacy)),
    await check("nest answers", () => reachable(systems.nest)),
    await check("the proxy answers", () => reachable(`http://${env.HOST}:${env.PORT}`)),
    await check("the ops port answers", () => ready(operators)),
    await check("the clock of legacy", () => clock(systems.legacy)),
    await check("the clock of nest", () => clock(systems.nest)),
    await check("the shadow secret is shared with nest", () => sharedSecret(systems.nest, env.PARALLAX_SHADOW_SECRET)),
    await check("AUTH_SECRET is that of both systems", () => sharedTokens({ systems, path, secret: env.AUTH_SECRET })),
    await check("the token is taken by both systems", () => (token === undefined ? noToken() : takesToken({ systems, path, token }))),
    await check("the store is migrated", async () => migrated(await locateStore())),
    await check("the tap of legacy", () => tap(env.TAP_LEGACY_APP, "TAP_LEGACY_APP")),
    await check("the tap of nest", () => tap(env.TAP_NEST_APP, "TAP_NEST_APP")),
    await check("the realtime broker", () => broker(env.SOKETI_URL)),
  ];
}

async function reachable(url: string): Promise<Finding> {
  const { status, tookMs } = await probe(`${url}/`);
  return ok(`HTTP ${status} in ${tookMs} ms`);
}

async function ready(url: string): Promise<Finding> {
  const { status } = await probe(`${url}/readyz`);
  return status === 200 ? ok("ready") : failed(`/readyz answers ${status}, expected 200: it names the reasons`);
}

async function clock(url: string): Promise<Finding> {
  const { skewMs } = await probe(`${url}/`);
  if (skewMs === undefined) return skipped("its answer has no Date");
  const seconds = Math.round(skewMs / 1_000);
  return Math.abs(skewMs) <= MAX_SKEW_MS ? ok(`${seconds} s from ours`) : failed(`${seconds} s from ours; role signatures and tokens go by it`);
}

async function sharedSecret(url: string, secret: string | undefined): Promise<Finding> {
  if (secret === undefined) return skipped("PARALLAX_SHADOW_SECRET is not configured: candidate calls carry no role");
  const call = async (key: string): Promise<number> => {
    const signature = signRole({ method: "GET", target: NOWHERE, body: new Uint8Array(0), atMs: Date.now() }, key);
    return (await probe(url + NOWHERE, { [HEADER.role]: CANDIDATE_ROLE, [HEADER.signature]: signature })).status;
  };
  const [signed, forged] = [await call(secret), await call(`${secret}-not`)];
  if (isRefusal(signed)) return failed(`a signed candidate call is refused (${signed}): the secrets differ`);
  return isRefusal(forged)
    ? ok(`a signed call is taken (${signed}), a badly signed one refused (${forged})`)
    : failed(`a badly signed call is not refused (${forged})`);
}

const isRefusal = (status: number): boolean => status === 401 || status === 403;

type Tokens = { readonly systems: { readonly legacy: string; readonly nest: string }; readonly path: Deployment["path"] };

async function sharedTokens({ systems, path, secret }: Tokens & { readonly secret: string | undefined }): Promise<Finding> {
  if (secret === undefined) return skipped("AUTH_SECRET is not configured: tokens are not verified, the send ledger is weak");
  const token = await new SignJWT({ role: "user", tenantId: "parallax-doctor" })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject("parallax-doctor")
    .setIssuedAt()
    .setExpirationTime(TOKEN_LIFE)
    .sign(new TextEncoder().encode(secret));
  return takesToken({ systems, path, token });
}

async function takesToken({ systems, path, token }: Tokens & { readonly token: string }): Promise<Finding> {
  const given = { authorization: `Bearer ${token}` };
  const statuses = { legacy: (await probe(systems.legacy + path.legacy, given)).status, nest: (await probe(systems.nest + path.nest, given)).status };
  const refusing = (["legacy", "nest"] as const).filter((system) => isRefusal(statuses[system]));
  const detail = `legacy ${statuses.legacy}, nest ${statuses.nest} for GET ${path.legacy}`;
  return refusing.length === 0 ? ok(detail) : failed(`${refusing.join(" and ")} refused it: ${detail}`);
}

const noToken = (): Promise<Finding> => Promise.resolve(skipped("no --token given"));

async function migrated(url: string): Promise<Finding> {
  const { pending } = await migrate({ url, schema: "parallax", checkOnly: true });
  return pending.length === 0 ? ok("up to date") : failed(`${pending.length} migrations are missing: parallax migrate`);
}

function tap(app: string | undefined, variable: string): Promise<Finding> {
  if (app === undefined) return Promise.resolve(skipped(`not configured (${variable})`));
  return Promise.resolve(APP.test(app) ? ok("configured") : failed(`${variable}: expected APP_ID:KEY:SECRET`));
}

async function broker(url: string | undefined): Promise<Finding> {
  if (url === undefined) return skipped("not configured (SOKETI_URL): emissions are captured, not forwarded");
  if (!URL.canParse(url)) return failed("SOKETI_URL: expected http://KEY:SECRET@host:port/apps/APP_ID");
  const { status, tookMs } = await probe(`${new URL(url).origin}/`);
  return ok(`HTTP ${status} in ${tookMs} ms`);
}
