import type { Member } from "../http/member.ts";
import type { Asked } from "../http/respond.ts";
import { contactUpdated } from "../realtime/contact-events.ts";
import { commit } from "../transaction.ts";
import { readContactFact } from "./contact-fact.ts";
import { requireContact } from "./contact-reference.ts";
import { lockContact } from "./lock.ts";

/** `POST contacts/mark-read`: WhatsApp itself is told nothing. */
export async function markRead({ tenantId }: Member, reference: string, asked: Asked): Promise<{ success: true }> {
  const contactId = await requireContact(tenantId, reference);
  return commit(asked, async (transaction) => {
    await lockContact(transaction, tenantId, contactId);
    const before = await readContactFact(transaction, contactId);
    await transaction.whatsAppMessage.updateMany({
      where: { whatsappContactId: contactId, fromMe: false, status: { in: ["PENDING", "DELIVERED"] } },
      data: { status: "READ", readAt: new Date() },
    });
    if (before.contact.unreadCount !== 0) {
      await transaction.whatsAppContact.update({ where: { id: contactId }, data: { unreadCount: 0 } });
    }
    return { result: { success: true }, emissions: contactUpdated(before, await readContactFact(transaction, contactId)) };
  });
}
