import type { ContactFact } from "../realtime/contact-events.ts";
import { cut } from "../realtime/emission.ts";
import type { Transaction } from "../transaction.ts";

const MAX_PREVIEW = 100;

/** A contact as `contact.updated` tells it, as this transaction sees it now. The row must exist. */
export async function readContactFact(transaction: Transaction, contactId: string): Promise<ContactFact> {
  const contact = await transaction.whatsAppContact.findUniqueOrThrow({ where: { id: contactId } });
  const newest = await transaction.whatsAppMessage.findFirst({
    where: { whatsappContactId: contactId },
    select: { content: true, messageType: true },
    orderBy: [{ timestamp: "desc" }, { id: "desc" }],
  });
  return { contact, lastMessagePreview: newest === null ? null : previewOf(newest) };
}

export function previewOf({ content, messageType }: { readonly content: string | null; readonly messageType: string }): string {
  return content === null || content === "" ? `[${messageType}]` : cut(content.replaceAll(/\s+/g, " "), MAX_PREVIEW);
}
