import { database } from "../database.ts";
import { env } from "../env.ts";
import { isStorable } from "../whatsapp/wire.ts";
import { SESSION_COOKIE } from "./token-source.ts";
import { signToken, type Role } from "./token.ts";

const LIFETIME_SECONDS = 8 * 60 * 60;
const MAX_USERS = 200;

export type UserChoice = {
  readonly id: string;
  readonly name: string | null;
  readonly email: string;
  readonly role: Role;
  readonly tenant: { readonly name: string };
};

/** Who can be chosen on the demo's sign-in page, tenant by tenant. */
export function listUsers(): Promise<UserChoice[]> {
  return database().user.findMany({
    select: { id: true, name: true, email: true, role: true, tenant: { select: { name: true } } },
    orderBy: [{ tenant: { name: "asc" } }, { role: "asc" }, { email: "asc" }, { id: "asc" }],
    take: MAX_USERS,
  });
}

/** The `Set-Cookie` value that makes the browser this user; undefined when there is no such user. */
export async function createSessionCookie(userId: string): Promise<string | undefined> {
  const user = isStorable(userId) ? await database().user.findUnique({ where: { id: userId } }) : null;
  if (user === null) return undefined;
  const { id, email, tenantId, role } = user;
  const validity = { issuedAtSeconds: Math.floor(Date.now() / 1_000), lifetimeSeconds: LIFETIME_SECONDS };
  const token = await signToken({ userId: id, email, tenantId, role }, env().authSecret, validity);
  return `${SESSION_COOKIE}=${token}; Path=/; Max-Age=${LIFETIME_SECONDS}; HttpOnly; SameSite=Lax`;
}
