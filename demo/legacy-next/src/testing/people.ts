import type { PrismaClient } from "../../generated/prisma/client.ts";
import type { Person } from "./legacy-for-tests.ts";

/** Two tenants: what `t1` has, `t2` must neither see nor change. */
export const ADMIN: Person = { userId: "u-admin", tenantId: "t1", role: "admin" };
export const ANNA: Person = { userId: "u-anna", tenantId: "t1", role: "user" };
export const BEN: Person = { userId: "u-ben", tenantId: "t1", role: "user" };
export const STRANGER: Person = { userId: "u-stranger", tenantId: "t2", role: "super_admin" };
/** Has a token of the tenant, but no row. */
export const GHOST: Person = { userId: "u-ghost", tenantId: "t1", role: "super_admin" };

export async function insertPeople(db: PrismaClient): Promise<void> {
  await db.tenant.createMany({
    data: [
      { id: "t1", name: "One" },
      { id: "t2", name: "Two" },
    ],
  });
  const rows = [ADMIN, ANNA, BEN, STRANGER].map(({ userId, tenantId = "", role }) => ({
    id: userId,
    tenantId,
    role,
    email: `${userId}@example.com`,
    name: userId.slice(2),
  }));
  await db.user.createMany({ data: rows });
}
