import { Injectable } from "@nestjs/common";
import { invalid } from "../http/contract-error.ts";
import { notify, type Transaction } from "../runtime/transactions.ts";
import { FilePublishing } from "./file-publishing.ts";
import type { SendOrder } from "./send-order.ts";
import { SendRecipients } from "./send-recipients.ts";
import { SendRowsRepository } from "./send-rows.repository.ts";
import { SendSessionsRepository } from "./send-sessions.repository.ts";

/** Puts down a send nobody asked for before. */
@Injectable()
export class SendAcceptance {
  constructor(
    private readonly sessions: SendSessionsRepository,
    private readonly rows: SendRowsRepository,
    private readonly files: FilePublishing,
    private readonly recipients: SendRecipients,
  ) {}

  /** Returns the message's row id. Throws 400, 404 and 409. */
  async accept(transaction: Transaction, order: SendOrder, now: Date): Promise<string> {
    const { db } = transaction;
    const { scope, to, quotedMessageId: quoted } = order;
    if (quoted !== undefined && !(await this.rows.isInChat(db, scope.tenantId, to.jid, quoted))) throw invalid(["quotedMessageId is invalid"]);
    const session = await this.sessions.resolve(db, scope.tenantId, order.sessionId);
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
