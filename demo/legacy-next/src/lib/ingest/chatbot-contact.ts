import type { WhatsAppContact } from "../../../generated/prisma/client.ts";
import type { Transaction } from "../transaction.ts";
import { phoneDigits } from "../whatsapp/jid.ts";

/**
 * Ties a contact to the flow bot's: the one with exactly its number, else a new one. A contact that is known by its LID alone
 * has none.
 */
export async function linkChatbotContact(transaction: Transaction, contact: WhatsAppContact): Promise<WhatsAppContact> {
  const phone = phoneDigits(contact.pn);
  if (contact.chatbotContactId !== null || (phone === null && !contact.isGroup)) return contact;
  const chatbotContactId = phone === null ? await createForGroup(transaction, contact) : await findOrCreate(transaction, contact, phone);
  return transaction.whatsAppContact.update({ where: { id: contact.id }, data: { chatbotContactId } });
}

async function createForGroup(transaction: Transaction, { tenantId, name, jid }: WhatsAppContact): Promise<string> {
  const displayName = name ?? jid.slice(0, jid.indexOf("@"));
  const { id } = await transaction.chatbotContact.create({ data: { tenantId, type: "GROUP", displayName }, select: { id: true } });
  return id;
}

async function findOrCreate(transaction: Transaction, { tenantId, name }: WhatsAppContact, phone: string): Promise<string> {
  await transaction.chatbotContact.createMany({ data: { tenantId, type: "CONTACT", displayName: name ?? phone, phone }, skipDuplicates: true });
  const { id } = await transaction.chatbotContact.findUniqueOrThrow({ where: { tenantId_phone: { tenantId, phone } }, select: { id: true } });
  return id;
}
