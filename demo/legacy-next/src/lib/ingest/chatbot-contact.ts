import type { WhatsAppContact } from "../../../generated/prisma/client.ts";
import type { Transaction } from "../transaction.ts";
import { phoneDigits } from "../whatsapp/jid.ts";

type Named = Pick<WhatsAppContact, "tenantId" | "jid" | "pn" | "name" | "isGroup">;

/** Ties a contact that has none to the flow bot's. */
export async function linkChatbotContact(transaction: Transaction, contact: WhatsAppContact): Promise<WhatsAppContact> {
  if (contact.chatbotContactId !== null) return contact;
  const chatbotContactId = await findChatbotContact(transaction, contact);
  return chatbotContactId === null ? contact : transaction.whatsAppContact.update({ where: { id: contact.id }, data: { chatbotContactId } });
}

/** The flow bot's contact with exactly this number, else a new one; null for somebody who is known by a LID alone. */
export async function findChatbotContact(transaction: Transaction, contact: Named): Promise<string | null> {
  const phone = phoneDigits(contact.pn);
  if (phone !== null) return findOrCreate(transaction, contact, phone);
  return contact.isGroup ? createForGroup(transaction, contact) : null;
}

async function createForGroup(transaction: Transaction, { tenantId, name, jid }: Named): Promise<string> {
  const displayName = name ?? jid.slice(0, jid.indexOf("@"));
  const { id } = await transaction.chatbotContact.create({ data: { tenantId, type: "GROUP", displayName }, select: { id: true } });
  return id;
}

async function findOrCreate(transaction: Transaction, { tenantId, name }: Named, phone: string): Promise<string> {
  await transaction.chatbotContact.createMany({ data: { tenantId, type: "CONTACT", displayName: name ?? phone, phone }, skipDuplicates: true });
  const { id } = await transaction.chatbotContact.findUniqueOrThrow({ where: { tenantId_phone: { tenantId, phone } }, select: { id: true } });
  return id;
}
