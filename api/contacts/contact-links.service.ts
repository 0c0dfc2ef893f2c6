import { Injectable } from "@nestjs/common";
import type { AssignBody, ContactParams, LinkBody } from "@ipnuo/domain/contact-bodies";
import type { Contact } from "@ipnuo/domain/contact";
import type { ContactFact } from "@ipnuo/domain/message-event-payloads";
import type { Asked } from "../http/asked.decorator.ts";
import { contactNotFound, notFound } from "../http/contract-error.ts";
import { Transactions, type Transaction } from "../runtime/transactions.ts";
import { ContactChanges } from "./contact-changes.ts";
import { changeOwner, requireMayAssign } from "./contact-owner.ts";
import { ContactsService } from "./contacts.service.ts";
import { UsersRepository } from "./users.repository.ts";

/** Ties contacts to users and chatbot contacts, by exact ids only. */
@Injectable()
export class ContactLinksService {
  constructor(
    private readonly transactions: Transactions,
    private readonly contacts: ContactsService,
    private readonly changes: ContactChanges,
    private readonly users: UsersRepository,
  ) {}

  /** `POST contacts/link`. */
  link({ requestId, tenantId, caller, body }: Asked<object, LinkBody>): Promise<Contact> {
    const { whatsappContactId: id, targetType, targetId } = body;
    return this.transactions.run(requestId, async (transaction) => {
      const contact = (await this.changes.watch(transaction, tenantId, [id])).get(id);
      if (contact === undefined) throw contactNotFound();
      await requireTarget(transaction, tenantId, body);
      const hasChanged =
        targetType === "user"
          ? await changeOwner(transaction, contact, { to: targetId, by: caller.userId })
          : await changeChatbotContact(transaction, contact, targetId);
      if (hasChanged) await this.changes.recordOne(transaction, contact);
      return this.contacts.show(tenantId, id, transaction);
    });
  }

  /** `POST contacts/:contactId/assign`. */
  assign({ requestId, tenantId, caller, params, body }: Asked<object, AssignBody, ContactParams>): Promise<Contact> {
    return this.transactions.run(requestId, async (transaction) => {
      const contact = await this.changes.lock(transaction, tenantId, params.contactId);
      if (body.userId !== null) await this.users.require(tenantId, body.userId, transaction);
      requireMayAssign(caller, contact);
      const hasChanged = await changeOwner(transaction, contact, { to: body.userId, by: caller.userId });
      if (hasChanged) await this.changes.recordOne(transaction, contact);
      return this.contacts.show(tenantId, contact.id, transaction);
    });
  }
}

/** 404 unless the tenant has it; nobody is always there. */
async function requireTarget({ db }: Transaction, tenantId: string, { targetType, targetId }: LinkBody): Promise<void> {
  if (targetId === null) return;
  const where = { id: targetId, tenantId };
  const count = targetType === "user" ? await db.user.count({ where }) : await db.chatbotContact.count({ where });
  if (count === 0) throw notFound("Target not found");
}

async function changeChatbotContact({ db }: Transaction, { id, chatbotContactId }: ContactFact, to: string | null): Promise<boolean> {
  if (chatbotContactId === to) return false;
  await db.whatsAppContact.update({ where: { id }, data: { chatbotContactId: to }, select: { id: true } });
  return true;
}
