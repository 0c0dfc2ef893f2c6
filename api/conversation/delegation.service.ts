import { Injectable } from "@nestjs/common";
import type { Contact } from "@ipnuo/domain/contact";
import type { DelegateBody } from "@ipnuo/domain/conversation-requests";
import { addNote } from "../contacts/activities.ts";
import { ContactChanges } from "../contacts/contact-changes.ts";
import { requireMayAssign } from "../contacts/contact-owner.ts";
import { ContactsService } from "../contacts/contacts.service.ts";
import type { Asked } from "../http/asked.decorator.ts";
import { notFound } from "../http/contract-error.ts";
import { Transactions } from "../runtime/transactions.ts";
import { DelegationRepository } from "./delegation.repository.ts";

/** Hands a waiting message, and with it the chat, to the flow bot or to the caller. */
@Injectable()
export class DelegationService {
  constructor(
    private readonly transactions: Transactions,
    private readonly changes: ContactChanges,
    private readonly contacts: ContactsService,
    private readonly messages: DelegationRepository,
  ) {}

  delegate({ requestId, tenantId, caller, body }: Asked<object, DelegateBody>): Promise<Contact> {
    const isTaken = body.action === "take-control";
    return this.transactions.run(requestId, async (transaction) => {
      const { db } = transaction;
      const message = await this.messages.find(db, tenantId, body);
      if (message === undefined) throw notFound("Message not found");
      if (isTaken) await this.messages.requireUser(transaction, tenantId, caller.userId);
      const contact = await this.changes.lock(transaction, tenantId, message.contactId);
      if (isTaken) requireMayAssign(caller, contact);
      await this.messages.deliver(db, message.id);
      await db.whatsAppContact.update({
        where: { id: contact.id },
        data: isTaken ? { routingOverride: "USER", userId: caller.userId } : { routingOverride: "FLOWBOT" },
        select: { id: true },
      });
      await addNote(transaction, {
        tenantId,
        contactId: contact.id,
        text: isTaken ? "Control taken" : "Delegated to FlowBot",
        metadata: { type: "delegation", action: body.action, messageId: message.id },
        createdById: caller.userId,
      });
      await this.changes.recordOne(transaction, contact);
      return this.contacts.show(tenantId, contact.id, transaction);
    });
  }
}
