import type { Caller } from "../auth/caller.ts";
import { forbidden, noTenant } from "./api-error.ts";

/** A caller who belongs to a tenant: all data is theirs or nobody's. */
export type Member = Caller & { readonly tenantId: string };

/** Throws 400 for a token without a tenant. */
export function memberOf(caller: Caller): Member {
  const { tenantId } = caller;
  if (tenantId === undefined) throw noTenant();
  return { ...caller, tenantId };
}

export const isAdmin = ({ role }: Pick<Caller, "role">): boolean => role === "admin" || role === "super_admin";

/** `""` and the text `null` are what the admin UI sends for "whoever I am". */
export const actorOf = (value: string | undefined): string | undefined => (value === "" || value === "null" ? undefined : value);

/** An actor id (contract 1.8) can only be the caller's own; undefined means the caller. Throws 403. */
export function assertActor(member: Member, userId: string | undefined): void {
  if (userId !== undefined && userId !== member.userId) throw forbidden();
}

/** A tenant in a query or body can only be the caller's own. Throws 403, for super admins too. */
export function assertTenant(member: Member, tenantId: string | undefined): void {
  if (tenantId !== undefined && tenantId !== member.tenantId) throw forbidden();
}
