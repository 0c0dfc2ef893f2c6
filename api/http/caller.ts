import type { UserRole } from "@ipnuo/domain/enums";

/** Who asks, by the claims of a verified token. */
export type Caller = {
  readonly userId: string;
  readonly email: string | null;
  /** Always the claim, never the request. */
  readonly tenantId: string | null;
  readonly role: UserRole;
};

/** `admin` endpoints are open to admin and super_admin, `user` endpoints to everybody with a token. */
export function hasRole(caller: Caller, required: "user" | "admin"): boolean {
  return required === "user" || caller.role === "admin" || caller.role === "super_admin";
}
