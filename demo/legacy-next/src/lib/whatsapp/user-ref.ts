/** A user of the caller's tenant, as replies and events show one. */
export type UserRef = { readonly id: string; readonly name: string | null; readonly email: string | null };

export const USER_REF = { select: { id: true, tenantId: true, name: true, email: true } } as const;

type UserRow = { readonly id: string; readonly tenantId: string; readonly name: string | null; readonly email: string };

/** null for a user of another tenant: foreign keys do not know about tenants. */
export function toUserRef(user: UserRow | null, tenantId: string): UserRef | null {
  return user?.tenantId === tenantId ? { id: user.id, name: user.name, email: user.email } : null;
}
