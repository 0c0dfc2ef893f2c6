import type { Caller } from "./caller.ts";
import { forbidden } from "./contract-error.ts";

/** Nobody acts for somebody else (contract 1.8, actor ids). Throws 403; asked after the 404s. */
export function requireActor(caller: Caller, actor: string | undefined): void {
  if (actor !== undefined && actor !== caller.userId) throw forbidden();
}

/** The caller's tenant is the only one (contract 1.8, `tenantId`). Throws 403. */
export function requireOwnTenant(tenantId: string, named: string | undefined): void {
  if (named !== undefined && named !== tenantId) throw forbidden();
}
