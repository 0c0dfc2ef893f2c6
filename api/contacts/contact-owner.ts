import type { ContactFact } from "@ipnuo/domain/message-event-payloads";
import type { Caller } from "../http/caller.ts";
import { forbidden } from "../http/contract-error.ts";
import type { Transaction } from "../runtime/transactions.ts";
import { noteOwnerChange } from "./activities.ts";

/** Users take what nobody has and give away what is theirs; admins move everything. Throws 403. */
export function requireMayAssign({ role, userId }: Caller, contact: Pick<ContactFact, "userId">): void {
  if (role === "user" && contact.userId !== null && contact.userId !== userId) throw forbidden();
}

/** Gives a locked contact to a user, or to nobody, and notes it when it was somebody's. False when that is so already. */
export async function changeOwner(transaction: Transaction, contact: ContactFact, change: { to: string | null; by: string }): Promise<boolean> {
  const { id, tenantId, userId: from } = contact;
  const { to, by } = change;
  if (from === to) return false;
  await transaction.db.whatsAppContact.update({ where: { id }, data: { userId: to }, select: { id: true } });
  await noteOwnerChange(transaction, { tenantId, contactId: id, from, to, by });
  return true;
}
