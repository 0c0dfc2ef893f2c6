import type { Member } from "../http/member.ts";
import type { Transaction } from "../transaction.ts";

type Transfer = { readonly contactId: string; readonly from: string | null; readonly to: string | null };

/** A contact that passes from one owner to another, or to nobody, gets a note; one that nobody had does not. */
export async function noteTransfer(transaction: Transaction, { tenantId, userId }: Member, { contactId, from, to }: Transfer): Promise<void> {
  if (from === null || from === to) return;
  await transaction.crmActivity.create({
    data: { tenantId, contactId, type: "note", text: "Session transferred", metadata: { type: "transfer", from, to }, createdById: userId },
    select: { id: true },
  });
}
