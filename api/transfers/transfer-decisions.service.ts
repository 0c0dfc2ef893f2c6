import { Injectable } from "@nestjs/common";
import type { DecisionBody, TransferParams } from "@ipnuo/domain/contact-bodies";
import type { TransferRequest } from "@ipnuo/domain/transfer";
import { ContactChanges } from "../contacts/contact-changes.ts";
import { changeOwner } from "../contacts/contact-owner.ts";
import { requireActor } from "../http/actor.ts";
import type { Asked } from "../http/asked.decorator.ts";
import { Transactions } from "../runtime/transactions.ts";
import { PendingTransfers } from "./pending-transfers.ts";
import { TransferParties } from "./transfer-parties.ts";
import { toTransferRequest } from "./transfer-row.ts";

type Decision = Asked<object, DecisionBody, TransferParams>;

/** What a supervisor makes of a transfer request. Of two decisions at once one wins; the other finds it decided. */
@Injectable()
export class TransferDecisionsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly pending: PendingTransfers,
    private readonly changes: ContactChanges,
    private readonly parties: TransferParties,
  ) {}

  approve(asked: Decision): Promise<TransferRequest> {
    return this.decide(asked, "APPROVED");
  }

  deny(asked: Decision): Promise<TransferRequest> {
    return this.decide(asked, "DENIED");
  }

  private decide({ requestId, tenantId, caller, params, body }: Decision, status: "APPROVED" | "DENIED"): Promise<TransferRequest> {
    return this.transactions.run(requestId, async (transaction) => {
      const { request, contact } = await this.pending.lock(transaction, tenantId, params.requestId);
      await this.parties.require(transaction, tenantId, caller);
      requireActor(caller, body.supervisorId);
      const decision = { supervisorId: caller.userId, supervisorNotes: body.notes ?? null };
      const row = await this.pending.resolve(transaction, request, { status, ...decision });
      if (status === "APPROVED" && (await changeOwner(transaction, contact, { to: row.toUserId, by: caller.userId }))) {
        await this.changes.recordOne(transaction, contact);
      }
      await this.parties.tellDecided(transaction, row);
      return toTransferRequest(row);
    });
  }
}
