import { Inject, Injectable } from "@nestjs/common";
import { TIMING, type Timing } from "../runtime/tokens.ts";
import { notify, type Transaction } from "../runtime/transactions.ts";
import { FilePublishing } from "./file-publishing.ts";
import type { SendOrder } from "./send-order.ts";
import { SendRecipients } from "./send-recipients.ts";
import { SendRowsRepository } from "./send-rows.repository.ts";
import type { SendSession } from "./send-sessions.repository.ts";

/** Puts down a send that was decided on. */
@Injectable()
export class SendAcceptance {
  constructor(
    private readonly rows: SendRowsRepository,
    private readonly files: FilePublishing,
    private readonly recipients: SendRecipients,
    @Inject(TIMING) private readonly timing: Timing,
  ) {}

  /** Returns the message's row id. */
  async accept(transaction: Transaction, order: SendOrder, session: SendSession): Promise<string> {
    const { db } = transaction;
    const now = new Date(this.timing.nowMs());
    const storageKey = await this.files.publish(db, order);
    const recipient = await this.recipients.obtain(transaction, order, session);
    const place = { session, contactId: recipient.contact.id, chatJid: recipient.contact.jid, now };
    const messageRowId = await this.rows.write(db, order, place, storageKey);
    await this.rows.touchContact(db, place);
    await this.recipients.tell(transaction, messageRowId, recipient);
    await notify(transaction, "whatsapp_outbox", session.sessionId);
    return messageRowId;
  }
}
