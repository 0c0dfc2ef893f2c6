import { Injectable } from "@nestjs/common";
import type { ContactParams, TransferBody } from "@ipnuo/domain/contact-bodies";
import type { TransferRequest } from "@ipnuo/domain/transfer";
import { ContactChanges } from "../contacts/contact-changes.ts";
import { requireActor } from "../http/actor.ts";
import type { Asked } from "../http/asked.decorator.ts";
import { conflict, type ContractError } from "../http/contract-error.ts";
import { isUniqueViolation } from "../http/database-outage.ts";
import { Transactions } from "../runtime/transactions.ts";
import { TransferParties } from "./transfer-parties.ts";
import { toTransferRequest } from "./transfer-row.ts";
import { TransfersRepository } from "./transfers.repository.ts";

/** `POST …/transfer/request`: somebody asks for a conversation that is another one's. */
@Injectable()
export class TransferRequestsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly transfers: TransfersRepository,
    private readonly changes: ContactChanges,
    private readonly parties: TransferParties,
  ) {}

  async request({ requestId, tenantId, caller, params, body }: Asked<object, TransferBody, ContactParams>): Promise<TransferRequest> {
    const work = this.transactions.run(requestId, async (transaction) => {
      const contact = await this.changes.lock(transaction, tenantId, params.contactId);
      await this.parties.require(transaction, tenantId, caller);
      requireActor(caller, body.userId);
      const { sessionStatus, userId: owner } = contact;
      if (sessionStatus !== "OPEN") throw conflict("Contact does not have an open session");
      if (owner === null) throw conflict("Contact is not assigned to anyone");
      if (owner === caller.userId) throw conflict("You already own this contact");
      if (await this.transfers.hasPending(transaction, contact.id)) throw alreadyPending();
      const [toUserId, requestedById] = [caller.userId, caller.userId];
      const row = await this.transfers.create(transaction, {
        contactId: contact.id,
        fromUserId: owner,
        toUserId,
        requestedById,
        message: body.message ?? null,
      });
      await this.parties.tellRequested(transaction, row);
      return toTransferRequest(row);
    });
    // The other system makes requests too: the index decides between the two.
    return work.catch((error: unknown) => {
      throw isUniqueViolation(error) ? alreadyPending() : error;
    });
  }
}

function alreadyPending(): ContractError {
  return conflict("A transfer request is already pending for this contact");
}
