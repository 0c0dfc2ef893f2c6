import { Inject, Injectable } from "@nestjs/common";
import type { Message } from "@ipnuo/domain/message";
import { toMessage } from "../conversation/message-row.ts";
import { MessagesRepository } from "../conversation/messages.repository.ts";
import { ContractError } from "../http/contract-error.ts";
import { TIMING, type Timing } from "../runtime/tokens.ts";
import type { Transaction } from "../runtime/transactions.ts";
import { SendAcceptance } from "./send-acceptance.ts";
import type { SendOrder } from "./send-order.ts";
import { SendRecordsRepository } from "./send-records.repository.ts";

/** A message that was accepted now, or earlier under the same key. */
export type SendResult = { readonly message: Message; readonly isReplayed: boolean };

/** The same key gives the same message, answered before anything is asked about the session. */
@Injectable()
export class SendOnce {
  constructor(
    private readonly records: SendRecordsRepository,
    private readonly acceptance: SendAcceptance,
    private readonly messages: MessagesRepository,
    @Inject(TIMING) private readonly timing: Timing,
  ) {}

  /** Throws 422 when the key stands for another request, and leaves that one alone. */
  async send(transaction: Transaction, order: SendOrder, waitMs: number): Promise<SendResult> {
    const { db } = transaction;
    await this.records.lock(db, order.scope, waitMs);
    const record = await this.records.find(db, order.scope);
    if (record !== undefined && record.payloadHash !== order.payloadHash)
      throw new ContractError(422, { error: "Idempotency-Key was used with another request" });
    const messageRowId = record?.messageRowId ?? (await this.acceptance.accept(transaction, order, new Date(this.timing.nowMs())));
    return { message: toMessage(await this.messages.get(db, order.scope.tenantId, messageRowId)), isReplayed: record !== undefined };
  }
}
