import { createSecretKey } from "node:crypto";
import { SignJWT } from "jose";
import { AppError } from "../../lib/errors.ts";

/** Tokens by which an API knows the worker (contract 4.1): one per scope, short-lived, made anew before they end. */
export type ServiceTokens = {
  readonly tokenFor: (scope: string) => Promise<string>;
  /** An API refused one: the next is made now. */
  readonly forget: (scope: string) => void;
};

export type ServiceTokenOptions = {
  /** `SERVICE_TOKEN_SECRET`, a comma list: the first signs. APIs take all of theirs, so that secrets can change one program after the other. */
  readonly secrets: readonly string[];
  readonly workerId: string;
  readonly nowMs: () => number;
};

/** The contract allows 300 s; the rest is for clocks that differ. */
const LIFETIME_S = 240;
/** A token this close to its end is not sent any more: the call may take a while. */
const RENEW_BEFORE_S = 60;
const MS_PER_S = 1_000;

type Issued = { readonly token: Promise<string>; readonly expiresS: number };

export function createServiceTokens({ secrets, workerId, nowMs }: ServiceTokenOptions): ServiceTokens {
  const [signing] = secrets;
  if (signing === undefined) throw new AppError("ENV_INVALID", "SERVICE_TOKEN_SECRET is required (a secret of at least 16 characters)");
  const key = createSecretKey(Buffer.from(signing, "utf8"));
  const issued = new Map<string, Issued>();
  const issue = (scope: string, nowS: number): Issued => {
    const expiresS = nowS + LIFETIME_S;
    const jwt = new SignJWT({ scope }).setProtectedHeader({ alg: "HS256" }).setSubject(workerId).setAudience("ingest");
    return { token: jwt.setIssuedAt(nowS).setExpirationTime(expiresS).sign(key), expiresS };
  };
  return {
    tokenFor: (scope) => {
      const nowS = Math.floor(nowMs() / MS_PER_S);
      const known = issued.get(scope);
      if (known !== undefined && known.expiresS - nowS > RENEW_BEFORE_S && known.expiresS - nowS <= LIFETIME_S) return known.token;
      const made = issue(scope, nowS);
      issued.set(scope, made);
      return made.token;
    },
    forget: (scope) => void issued.delete(scope),
  };
}
