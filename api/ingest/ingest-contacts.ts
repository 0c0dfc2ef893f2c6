import { Injectable } from "@nestjs/common";
import type { Identity } from "@ipnuo/domain/contact-identity";
import { phoneDigitsOf } from "@ipnuo/domain/jid";
import { contactCreated } from "@ipnuo/domain/message-event-payloads";
import { ContactChanges } from "../contacts/contact-changes.ts";
import { ContactIdentities, type IdentifiedContact } from "../contacts/contact-identities.ts";
import type { Queries } from "../runtime/transactions.ts";
import type { Batch } from "./batch.ts";

export type Sighting = {
  /** Only a new contact gets it here. */
  readonly name: string | null;
  /** History is stored silently. */
  readonly isTold: boolean;
};

/** Contacts as reports show them: created, completed, merged, and linked to chatbot contacts (contract 4.3, 6.3). */
@Injectable()
export class IngestContacts {
  constructor(
    private readonly identities: ContactIdentities,
    private readonly changes: ContactChanges,
  ) {}

  /** The contact of an identity. A new one, and one whose phone is learnt, gets its chatbot contact. */
  async obtain(batch: Batch, identity: Identity, { name, isTold }: Sighting): Promise<IdentifiedContact> {
    const { transaction, tenantId, session } = batch;
    const contact = await this.identities.obtain(transaction, tenantId, identity, {
      created: { sessionId: session.sessionId, name },
      beforeChange: (ids) => (isTold ? this.touch(batch, ids) : Promise.resolve()),
    });
    if (contact.absorbedId !== undefined) batch.absorb(contact.absorbedId, contact.id);
    if ((contact.isNew && (contact.jid.endsWith("@g.us") || phoneDigitsOf(contact.jid) !== undefined)) || contact.learntPhone)
      await linkChatbotContact(batch.db, tenantId, contact.id);
    if (contact.isNew && isTold) {
      await this.touch(batch, [contact.id]);
      const created = batch.touched.get(contact.id);
      batch.tell(() => (created ? contactCreated(created) : undefined));
    }
    return contact;
  }

  /** Remembers contacts as they are, once, so that the batch's end knows what changed. */
  async touch(batch: Batch, ids: readonly string[]): Promise<void> {
    const { transaction, tenantId, touched } = batch;
    const fresh = ids.filter((id) => !touched.has(id));
    for (const [id, fact] of await this.changes.watch(transaction, tenantId, fresh)) touched.set(id, fact);
  }
}

/** Links a contact that has none to the chatbot contact with exactly its phone, else to a new one: a group always to a new one. */
async function linkChatbotContact(db: Queries, tenantId: string, contactId: string): Promise<void> {
  const contact = await db.whatsAppContact.findUniqueOrThrow({
    where: { id: contactId },
    select: { chatbotContactId: true, pn: true, isGroup: true, name: true, jid: true },
  });
  if (contact.chatbotContactId !== null) return;
  const phone = contact.pn === null ? null : (phoneDigitsOf(contact.pn) ?? null);
  const displayName = contact.name ?? phone ?? contact.jid.slice(0, contact.jid.indexOf("@"));
  const [created] = await db.chatbotContact.createManyAndReturn({
    data: [{ tenantId, phone, displayName, type: contact.isGroup ? "GROUP" : "CONTACT" }],
    skipDuplicates: true,
    select: { id: true },
  });
  const linked = created ?? (await db.chatbotContact.findFirstOrThrow({ where: { tenantId, phone }, select: { id: true } }));
  await db.whatsAppContact.update({ where: { id: contactId }, data: { chatbotContactId: linked.id }, select: { id: true } });
}
