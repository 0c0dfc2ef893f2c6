import { notFound } from "../http/api-error.ts";
import type { Member } from "../http/member.ts";
import type { Asked } from "../http/respond.ts";
import { contactUpdated } from "../realtime/contact-events.ts";
import { commit, type Transaction } from "../transaction.ts";
import { noteTransfer } from "./activity.ts";
import { readContactFact } from "./contact-fact.ts";
import { CONTACT_RELATIONS, toContact } from "./contacts.ts";
import { lockContact } from "./lock.ts";
import { isStorable } from "./wire.ts";

export const LINK_TARGETS = ["user", "chatbot"] as const;

export type Link = {
  readonly contactId: string;
  readonly targetType: (typeof LINK_TARGETS)[number];
  /** null unlinks. */
  readonly targetId: string | null;
};

/** `POST contacts/link`: by the contact's own id only, to exactly one target. */
export async function linkContact(member: Member, { contactId, targetType, targetId }: Link, asked: Asked): Promise<unknown> {
  const { tenantId } = member;
  const contact = await commit(asked, async (transaction) => {
    await lockContact(transaction, tenantId, contactId);
    if (targetId !== null) await assertTarget(transaction, tenantId, { targetType, targetId });
    const before = await readContactFact(transaction, contactId);
    const linked = targetType === "user" ? before.contact.userId : before.contact.chatbotContactId;
    if (linked !== targetId) {
      const data = targetType === "user" ? { userId: targetId } : { chatbotContactId: targetId };
      await transaction.whatsAppContact.update({ where: { id: contactId }, data, select: { id: true } });
      if (targetType === "user") await noteTransfer(transaction, member, { contactId, from: linked, to: targetId });
    }
    const row = await transaction.whatsAppContact.findUniqueOrThrow({ where: { id: contactId }, include: CONTACT_RELATIONS });
    return { result: toContact(row), emissions: contactUpdated(before, { ...before, contact: row }) };
  });
  return { success: true, contact };
}

type Target = { readonly targetType: Link["targetType"]; readonly targetId: string };

async function assertTarget(transaction: Transaction, tenantId: string, { targetType, targetId }: Target): Promise<void> {
  const where = { id: targetId, tenantId };
  const count = !isStorable(targetId)
    ? 0
    : targetType === "user"
      ? await transaction.user.count({ where })
      : await transaction.chatbotContact.count({ where });
  if (count === 0) throw notFound("Target not found");
}
