import { database } from "../database.ts";
import { notFound } from "../http/api-error.ts";
import type { Transaction } from "../transaction.ts";
import { isStorable } from "./wire.ts";

/** Throws 404 unless the tenant has this user. Callers are not looked up to authenticate; only to be stored as a reference. */
export async function assertUser(tenantId: string, userId: string, client: Pick<Transaction, "user"> = database()): Promise<void> {
  const user = isStorable(userId) ? await client.user.findFirst({ where: { id: userId, tenantId }, select: { id: true } }) : null;
  if (user === null) throw notFound("User not found");
}
