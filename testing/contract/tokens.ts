import { createHmac } from "node:crypto";

/** Tokens by hand, so that wrong ones can be made as easily as right ones. */

export type Claims = Readonly<Record<string, unknown>>;
export type TokenOptions = { readonly secret?: string; readonly alg?: "HS256" | "HS384" | "HS512" | "none" };

export const AUTH_SECRET = "contract-suite-secret-of-fair-length";

const HASHES = { HS256: "sha256", HS384: "sha384", HS512: "sha512" } as const;
const LIFETIME_S = 3_600;

export const nowS = (): number => Math.floor(Date.now() / 1_000);

/** A signed token of exactly these claims, plus `exp` in an hour unless `exp` is given (undefined: none). */
export function signToken(claims: Claims, { secret = AUTH_SECRET, alg = "HS256" }: TokenOptions = {}): string {
  const payload = Object.hasOwn(claims, "exp") ? claims : { ...claims, exp: nowS() + LIFETIME_S };
  const text = `${encode({ alg, typ: "JWT" })}.${encode(payload)}`;
  if (alg === "none") return `${text}.`;
  return `${text}.${createHmac(HASHES[alg], secret).update(text).digest("base64url")}`;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
