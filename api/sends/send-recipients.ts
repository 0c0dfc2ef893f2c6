import { Injectable } from "@nestjs/common";
import { identityOf } from "@ipnuo/domain/contact-identity";
import { contactCreated, messageQueued } from "@ipnuo/domain/message-event-payloads";
import { AppError } from "../../lib/errors.ts";
import { ContactChanges, type WatchedContacts } from "../contacts/contact-changes.ts";
import { ContactIdentities, type IdentifiedContact } from "../contacts/contact-identities.ts";
import { MessagesRepository } from "../conversation/messages.repository.ts";
import { Emissions } from "../realtime/emissions.ts";
import type { Transaction } from "../runtime/transactions.ts";
import type { SendOrder } from "./send-order.ts";
import type { SendSession } from "./send-sessions.repository.ts";

/** The contact a send goes to, with what was known of it before. */
export type Recipient = { readonly tenantId: string; readonly contact: IdentifiedContact; readonly watched: WatchedContacts };

/** Whom sends go to, and what is told of it. */
@Injectable()
export class SendRecipients {
  constructor(
    private readonly identities: ContactIdentities,
    private readonly changes: ContactChanges,
    private readonly messages: MessagesRepository,
    private readonly emissions: Emissions,
  ) {}

  /** The contact, made when it is new: a LID that is paired stands for its phone. */
  async obtain(transaction: Transaction, order: SendOrder, { sessionId }: SendSession): Promise<Recipient> {
    const { tenantId } = order.scope;
    const identity = identityOf([order.to.jid]);
    if (identity === undefined) throw new AppError("SEND_ADDRESS", "a send has a validated address");
    let watched: WatchedContacts = new Map();
    const contact = await this.identities.obtain(transaction, tenantId, identity, {
      created: { sessionId, name: null },
      beforeChange: async (ids) => void (watched = await this.changes.watch(transaction, tenantId, ids)),
    });
    if (contact.isNew) watched = await this.changes.watch(transaction, tenantId, [contact.id]);
    return { tenantId, contact, watched };
  }

  /** `contact.created` when new, `message.queued`, `contact.updated`. */
  async tell(transaction: Transaction, messageRowId: string, { tenantId, contact, watched }: Recipient): Promise<void> {
    const fact = watched.get(contact.id);
    const row = await this.messages.get(transaction.db, tenantId, messageRowId);
    const created = contact.isNew && fact !== undefined ? contactCreated(fact) : undefined;
    await this.emissions.record(transaction, [created, messageQueued({ ...row, tenantId, contact: fact ?? null }, row.senderId)]);
    await this.changes.record(transaction, watched);
  }
}
