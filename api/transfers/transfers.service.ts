import { Injectable } from "@nestjs/common";
import type { ContactParams } from "@ipnuo/domain/contact-bodies";
import type { ActorQuery, PendingQuery } from "@ipnuo/domain/queries";
import type { TransferRequest, TransferState } from "@ipnuo/domain/transfer";
import { ContactReferencesRepository } from "../contacts/contact-references.repository.ts";
import { requireActor, requireOwnTenant } from "../http/actor.ts";
import type { Asked } from "../http/asked.decorator.ts";
import { contactNotFound } from "../http/contract-error.ts";
import { toTransferRequest } from "./transfer-row.ts";
import { TransfersRepository } from "./transfers.repository.ts";

/** What is asked for, without changing it. */
@Injectable()
export class TransfersService {
  constructor(
    private readonly transfers: TransfersRepository,
    private readonly references: ContactReferencesRepository,
  ) {}

  /** The contact's pending request, whoever made it. */
  async status({ caller, tenantId, params, query }: Asked<ActorQuery, object, ContactParams>): Promise<TransferState> {
    const contact = await this.references.resolve(tenantId, params.contactId);
    if (contact.kind !== "contact") throw contactNotFound();
    requireActor(caller, query.userId);
    const row = await this.transfers.findPending(contact.id);
    return { hasPendingRequest: row !== undefined, request: row === undefined ? null : toTransferRequest(row) };
  }

  async pending({ tenantId, query }: Asked<PendingQuery>): Promise<TransferRequest[]> {
    requireOwnTenant(tenantId, query.tenantId);
    return (await this.transfers.pending(tenantId)).map(toTransferRequest);
  }
}
