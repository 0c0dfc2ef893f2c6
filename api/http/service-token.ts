import { createSecretKey, type KeyObject } from "node:crypto";
import { jwtVerify } from "jose";
import { z } from "zod";

const MAX_TOKEN_LENGTH = 4_096;
const MAX_LIFETIME_S = 300;
/** How far the issuer's clock may be ahead of ours. */
const MAX_AHEAD_S = 30;
const MS_PER_S = 1_000;

const claims = z.object({ sub: z.string().min(1), scope: z.string(), iat: z.number(), exp: z.number() });

export type ServiceCaller = { readonly serviceId: string; readonly scopes: readonly string[] };

/** The program a service token stands for; undefined whatever is wrong with it. */
export type ServiceTokenVerifier = (token: string) => Promise<ServiceCaller | undefined>;

/** HS256 for audience `ingest`, by any of the secrets (so that rotation overlaps), at most 300 s long (contract 4.1). */
export function createServiceTokenVerifier(secrets: readonly string[], nowMs: () => number): ServiceTokenVerifier {
  const keys = secrets.map((secret) => createSecretKey(Buffer.from(secret, "utf8")));
  return async (token) => {
    if (token.length > MAX_TOKEN_LENGTH) return undefined;
    for (const key of keys) {
      const caller = await verify(token, key, nowMs());
      if (caller !== undefined) return caller;
    }
    return undefined;
  };
}

async function verify(token: string, key: KeyObject, nowMs: number): Promise<ServiceCaller | undefined> {
  try {
    const options = { algorithms: ["HS256"], audience: "ingest", clockTolerance: 0, currentDate: new Date(nowMs) };
    const parsed = claims.safeParse((await jwtVerify(token, key, options)).payload);
    if (!parsed.success) return undefined;
    const { sub, scope, iat, exp } = parsed.data;
    const isShort = exp - iat <= MAX_LIFETIME_S && iat <= nowMs / MS_PER_S + MAX_AHEAD_S;
    return isShort ? { serviceId: sub, scopes: scope.split(" ") } : undefined;
  } catch {
    return undefined;
  }
}
