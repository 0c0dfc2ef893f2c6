import { Injectable } from "@nestjs/common";
import { Transactions } from "../runtime/transactions.ts";
import { FilePublishing } from "./file-publishing.ts";
import { SendGate } from "./send-gate.ts";
import { SendOnce, type SendResult } from "./send-once.ts";
import type { SendOrder } from "./send-order.ts";

/** Accepts sends, each exactly once: message and outbox row in one transaction, unique on the key (contract 3.6). */
@Injectable()
export class SendsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly gate: SendGate,
    private readonly files: FilePublishing,
    private readonly once: SendOnce,
  ) {}

  /** Throws the contract's 400, 404, 409 and 422; then there is no record, and the key is free. */
  async send(order: SendOrder): Promise<SendResult> {
    const { tenantId, userId, endpoint, key } = order.scope;
    return this.gate.run(JSON.stringify([tenantId, userId, endpoint, key]), (waitMs) =>
      this.files.withoutLeftovers(order, () => this.transactions.run(order.requestId, (transaction) => this.once.send(transaction, order, waitMs))),
    );
  }
}
