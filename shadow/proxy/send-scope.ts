import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { claimsOf, credentialOf, type SubjectOptions } from "../core/subject.ts";
import type { HeaderList } from "../core/types.ts";

/** Whose sends share keys: a user whose token was verified, or whoever holds the very same credential. */
export type SendScope = {
  readonly name: string;
  readonly tenant: string | undefined;
  readonly user: string | undefined;
  readonly isVerified: boolean;
};

export type ScopeOptions = { readonly subject: SubjectOptions; readonly authSecret: string | undefined };

/**
 * The scope of a request; undefined without credentials. What cannot be verified is scoped by the hash of the credential
 * itself, so that a token somebody made up never reaches another one's answers.
 */
export function scopeOf(headers: HeaderList, { subject, authSecret }: ScopeOptions, nowMs: number): SendScope | undefined {
  const credential = credentialOf(headers, subject.cookies) ?? headers.find(([name]) => name.toLowerCase() === "authorization")?.[1];
  if (credential === undefined || credential === "") return undefined;
  const { tenant, user } = claimsOf(credential, subject);
  if (authSecret !== undefined && user !== undefined && isVerified(credential, authSecret, nowMs))
    return { name: JSON.stringify(["user", tenant ?? null, user]), tenant, user, isVerified: true };
  const hash = createHash("sha256").update(credential).digest("base64url");
  return { name: JSON.stringify(["credential", hash]), tenant: undefined, user: undefined, isVerified: false };
}

/** HS256, signed with the secret, within its time, and a user's (contract 1.2: one with an audience is none). */
function isVerified(token: string, secret: string, nowMs: number): boolean {
  const [head = "", body = "", signature = "", ...rest] = token.split(".");
  if (rest.length > 0 || !isHs256(head)) return false;
  const expected = createHmac("sha256", secret).update(`${head}.${body}`).digest();
  const given = Buffer.from(signature, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  const { exp, nbf, aud } = readPart(body);
  const nowS = nowMs / 1_000;
  return typeof exp === "number" && exp > nowS && (typeof nbf !== "number" || nbf <= nowS) && aud === undefined;
}

const isHs256 = (head: string): boolean => readPart(head)["alg"] === "HS256";

function readPart(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as unknown;
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
