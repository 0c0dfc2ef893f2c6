import { jwtVerify } from "jose";

/** Who a worker's token speaks for, and what it may do. */
export type Worker = { readonly workerId: string; readonly scopes: ReadonlySet<string> };

const AUDIENCE = "ingest";
const MAX_LIFETIME_S = 300;
const MAX_AHEAD_S = 30;
const MAX_TOKEN_CHARACTERS = 4_096;

/** The worker behind an `Authorization` header; undefined unless one of the secrets signed a token that is good now. */
export async function verifyWorker(authorization: string | null, secrets: readonly string[], nowMs: number): Promise<Worker | undefined> {
  const token = /^Bearer +([^\s]+)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined || token.length > MAX_TOKEN_CHARACTERS) return undefined;
  for (const secret of secrets) {
    const worker = await verifyWith(token, secret, nowMs);
    if (worker !== undefined) return worker;
  }
  return undefined;
}

async function verifyWith(token: string, secret: string, nowMs: number): Promise<Worker | undefined> {
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), {
      algorithms: ["HS256"],
      audience: AUDIENCE,
      requiredClaims: ["sub", "iat", "exp"],
      currentDate: new Date(nowMs),
      clockTolerance: 0,
    });
    const { sub, iat = Infinity, exp = Infinity, scope } = payload;
    const isShortLived = exp - iat <= MAX_LIFETIME_S && iat <= nowMs / 1_000 + MAX_AHEAD_S;
    if (typeof sub !== "string" || sub === "" || !isShortLived) return undefined;
    return { workerId: sub, scopes: new Set(typeof scope === "string" ? scope.split(" ") : []) };
  } catch {
    return undefined;
  }
}
