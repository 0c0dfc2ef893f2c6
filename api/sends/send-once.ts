import { Injectable } from "@nestjs/common";
import type { Message } from "@ipnuo/domain/message";
import { toMessage } from "../conversation/message-row.ts";
import { MessagesRepository } from "../conversation/messages.repository.ts";
import type { Transaction } from "../runtime/transactions.ts";
import { SendAcceptance } from "./send-acceptance.ts";
import { SendDecisions } from "./send-decisions.ts";
import type { SendOrder } from "./send-order.ts";
import { SendRecordsRepository } from "./send-records.repository.ts";

/** A message that was accepted now, or earlier under the same key. */
export type SendResult = { readonly message: Message; readonly isReplayed: boolean };

/** Decides on a send while it holds the key, and puts it down. */
@Injectable()
export class SendOnce {
  constructor(
    private readonly records: SendRecordsRepository,
    private readonly decisions: SendDecisions,
    private readonly acceptance: SendAcceptance,
    private readonly messages: MessagesRepository,
  ) {}

  async send(transaction: Transaction, order: SendOrder, waitMs: number): Promise<SendResult> {
    const { db } = transaction;
    await this.records.lock(db, order.scope, waitMs);
    const decision = await this.decisions.decide(db, order, "held");
    const messageRowId = decision.kind === "replay" ? decision.messageRowId : await this.acceptance.accept(transaction, order, decision.session);
    return { message: toMessage(await this.messages.get(db, order.scope.tenantId, messageRowId)), isReplayed: decision.kind === "replay" };
  }
}
