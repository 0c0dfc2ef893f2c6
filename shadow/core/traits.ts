import { queryKeysOf } from "./endpoint.ts";
import type { Claims } from "./subject.ts";

/** One kind of traffic: a status, a query key, a role, a tenant. */
export type Trait = { readonly dimension: "status" | "query" | "role" | "tenant"; readonly value: string };

export type Traffic = { readonly status: number; readonly target: string; readonly claims: Claims };

/** A role is a word of the contract; anything else in its place may be a name. */
const ROLE = /^[a-z][a-z_-]{0,31}$/;

/** Which kinds of traffic a request belongs to. Tenants by a token that `hide` makes. */
export function traitsOf({ status, target, claims }: Traffic, hide: (text: string) => string): Trait[] {
  const traits: Trait[] = [{ dimension: "status", value: String(status) }];
  for (const key of queryKeysOf(target)) traits.push({ dimension: "query", value: key });
  if (claims.role !== undefined) traits.push({ dimension: "role", value: ROLE.test(claims.role) ? claims.role : hide(claims.role) });
  if (claims.tenant !== undefined) traits.push({ dimension: "tenant", value: hide(claims.tenant) });
  return traits;
}
