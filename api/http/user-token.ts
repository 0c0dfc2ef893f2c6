import { createSecretKey, type KeyObject } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { jwtVerify } from "jose";
import { z } from "zod";
import { userRole } from "@ipnuo/domain/enums";
import type { Caller } from "./caller.ts";

const MAX_TOKEN_LENGTH = 4_096;
/** The same few people ask again and again; the oldest token leaves first. */
const MAX_REMEMBERED = 2_000;
const MS_PER_S = 1_000;
/** The session cookie of the legacy app, over https and over http. */
const COOKIES = ["__Secure-next-auth.session-token", "next-auth.session-token"] as const;

const optionalText = z.string().nullish();
/** `aud` makes it another kind of token (a service's); an unknown role is the least one. */
const claims = z.object({
  sub: z.string().min(1),
  exp: z.number(),
  aud: z.never().optional(),
  email: optionalText,
  tenantId: optionalText,
  role: userRole.catch("user"),
});

/** The caller a token stands for; undefined whatever is wrong with it. */
export type TokenVerifier = (token: string) => Promise<Caller | undefined>;

/**
 * HS256 only, no leeway, at most 4,096 characters. A good token is remembered until it expires, in memory only: its
 * signature cannot turn bad, and verifying it was a tenth of what a small read costs.
 */
export function createTokenVerifier(secret: string, nowMs: () => number): TokenVerifier {
  const key = createSecretKey(Buffer.from(secret, "utf8"));
  const good = new Map<string, { readonly caller: Caller; readonly expiresAtMs: number }>();
  return async (token) => {
    if (token.length > MAX_TOKEN_LENGTH) return undefined;
    const known = good.get(token);
    if (known !== undefined && nowMs() < known.expiresAtMs) return known.caller;
    good.delete(token);
    const verified = await verify(token, key, nowMs());
    if (verified === undefined) return undefined;
    if (good.size >= MAX_REMEMBERED) good.delete(good.keys().next().value ?? "");
    good.set(token, verified);
    return verified.caller;
  };
}

async function verify(token: string, key: KeyObject, nowMs: number): Promise<{ caller: Caller; expiresAtMs: number } | undefined> {
  try {
    const { payload } = await jwtVerify(token, key, { algorithms: ["HS256"], clockTolerance: 0, currentDate: new Date(nowMs) });
    const parsed = claims.safeParse(payload);
    if (!parsed.success) return undefined;
    const { sub, exp, email, tenantId, role } = parsed.data;
    // In whole seconds, as the verification itself counts: a token is over in the second its `exp` names.
    return { caller: { userId: sub, email: email ?? null, tenantId: tenantId || null, role }, expiresAtMs: Math.floor(exp) * MS_PER_S };
  } catch {
    return undefined;
  }
}

/** The token a request carries: the Authorization header when there is one, good or bad, else the session cookie. */
export function tokenOf(headers: IncomingHttpHeaders): string | undefined {
  if (headers.authorization !== undefined) return bearerOf(headers.authorization);
  const cookies = parseCookies(headers.cookie ?? "");
  return COOKIES.map((name) => cookies.get(name)).find((value) => value !== undefined && value !== "");
}

/** The token of an Authorization header; undefined for any other scheme. */
export function bearerOf(header: string | undefined): string | undefined {
  return /^bearer +(\S+)$/i.exec(header ?? "")?.[1];
}

/** Cookies by name; of equal names the first, as browsers send the most specific one first (RFC 6265, 5.4). */
function parseCookies(header: string): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header.split(";")) {
    const equals = pair.indexOf("=");
    const name = pair.slice(0, equals).trim();
    if (equals > 0 && !cookies.has(name)) cookies.set(name, pair.slice(equals + 1).trim());
  }
  return cookies;
}
