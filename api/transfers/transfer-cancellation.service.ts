import { Injectable } from "@nestjs/common";
import type { TransferParams } from "@ipnuo/domain/contact-bodies";
import type { TransferRequest } from "@ipnuo/domain/transfer";
import type { Asked } from "../http/asked.decorator.ts";
import { forbidden } from "../http/contract-error.ts";
import { Transactions } from "../runtime/transactions.ts";
import { PendingTransfers } from "./pending-transfers.ts";
import { TransferParties } from "./transfer-parties.ts";
import { toTransferRequest } from "./transfer-row.ts";

/** `DELETE transfer-requests/:requestId`: whoever asked thinks better of it. */
@Injectable()
export class TransferCancellationService {
  constructor(
    private readonly transactions: Transactions,
    private readonly pending: PendingTransfers,
    private readonly parties: TransferParties,
  ) {}

  cancel({ requestId, tenantId, caller, params }: Asked<object, object, TransferParams>): Promise<TransferRequest> {
    return this.transactions.run(requestId, async (transaction) => {
      const { request } = await this.pending.lock(transaction, tenantId, params.requestId);
      if (request.requestedById !== caller.userId) throw forbidden("You can only cancel your own requests");
      const row = await this.pending.resolve(transaction, request, { status: "CANCELLED" });
      await this.parties.tellCancelled(transaction, row);
      return toTransferRequest(row);
    });
  }
}
