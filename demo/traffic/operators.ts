import { SignJWT } from "jose";
import { SESSIONS, USERS, type DemoUser } from "../seed/identities.ts";

export type Operator = {
  readonly user: DemoUser;
  /** Sessions of the operator's tenant, and of the other one. */
  readonly sessionIds: readonly string[];
  readonly foreignSessionIds: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** The same credentials, out of date. */
  readonly expiredHeaders: Readonly<Record<string, string>>;
};

const TOKEN_LIFETIME_S = 30 * 24 * 60 * 60;
const EXPIRED_SINCE_S = 60 * 60;
const COOKIE = "next-auth.session-token";

/** One operator for each user of the demo, with tokens of 30 days; every other one signs in by cookie, as the admin UI does. */
export async function createOperators(authSecret: string, now: Date): Promise<Operator[]> {
  const nowS = Math.floor(now.getTime() / 1_000);
  return Promise.all(
    USERS.map(async (user, index) => {
      const toHeaders = index % 2 === 0 ? asBearer : asCookie;
      const isOwn = ({ tenantId }: { readonly tenantId: string }): boolean => tenantId === user.tenantId;
      return {
        user,
        sessionIds: sessionIdsWhere(isOwn),
        foreignSessionIds: sessionIdsWhere((session) => !isOwn(session)),
        headers: toHeaders(await mintToken(user, authSecret, nowS + TOKEN_LIFETIME_S)),
        expiredHeaders: toHeaders(await mintToken(user, authSecret, nowS - EXPIRED_SINCE_S)),
      };
    }),
  );
}

/** A token as the login of the admin UI makes it (contract 1.2). */
async function mintToken({ id, email, tenantId, role }: DemoUser, authSecret: string, expiresAtS: number): Promise<string> {
  return new SignJWT({ email, tenantId, role })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(id)
    .setExpirationTime(expiresAtS)
    .sign(new TextEncoder().encode(authSecret));
}

const asBearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const asCookie = (token: string): Record<string, string> => ({ cookie: `${COOKIE}=${token}` });

function sessionIdsWhere(isWanted: (session: { readonly tenantId: string }) => boolean): string[] {
  return Object.values(SESSIONS)
    .filter(isWanted)
    .map(({ sessionId }) => sessionId);
}
