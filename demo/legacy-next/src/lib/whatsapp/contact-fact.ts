import type { ContactFact } from "../realtime/contact-events.ts";
import { cut } from "../realtime/emission.ts";
import type { Transaction } from "../transaction.ts";

const MAX_PREVIEW = 100;

type Newest = { readonly contactId: string; readonly content: string | null; readonly messageType: string };

/** A contact as `contact.updated` tells it, as this transaction sees it now. The row must exist. */
export async function readContactFact(transaction: Transaction, contactId: string): Promise<ContactFact> {
  const [fact] = await readContactFacts(transaction, [contactId]);
  if (fact === undefined) throw new Error("a contact is gone that its transaction had locked");
  return fact;
}

/** The same of many, by id: two statements, however many. */
export async function readContactFacts(transaction: Transaction, contactIds: readonly string[]): Promise<ContactFact[]> {
  const contacts = await transaction.whatsAppContact.findMany({ where: { id: { in: [...contactIds] } }, orderBy: { id: "asc" } });
  const newest = await transaction.$queryRaw<Newest[]>`
    select c.id as "contactId", m."content", m."messageType"::text as "messageType"
    from unnest(${contactIds}::text[]) as c(id)
    cross join lateral (
      select "content", "messageType" from "whatsapp_messages" where "whatsappContactId" = c.id order by "timestamp" desc, "id" desc limit 1
    ) m`;
  const previews = new Map(newest.map((row) => [row.contactId, previewOf(row)]));
  return contacts.map((contact) => ({ contact, lastMessagePreview: previews.get(contact.id) ?? null }));
}

export function previewOf({ content, messageType }: Omit<Newest, "contactId">): string {
  return content === null || content === "" ? `[${messageType}]` : cut(content.replaceAll(/\s+/g, " "), MAX_PREVIEW);
}
