import { Inject, Injectable } from "@nestjs/common";
import type { ContactFact } from "@ipnuo/domain/message-event-payloads";
import { ContactChanges } from "../contacts/contact-changes.ts";
import { conflict, notFound } from "../http/contract-error.ts";
import { TIMING, type Timing } from "../runtime/tokens.ts";
import type { Transaction } from "../runtime/transactions.ts";
import type { TransferRow } from "./transfer-row.ts";
import { TransfersRepository, type Resolution } from "./transfers.repository.ts";

export type LockedTransfer = { readonly request: TransferRow; readonly contact: ContactFact };

/** Transfer requests on their way to being resolved. */
@Injectable()
export class PendingTransfers {
  constructor(
    @Inject(TIMING) private readonly timing: Timing,
    private readonly transfers: TransfersRepository,
    private readonly changes: ContactChanges,
  ) {}

  /** The contact is locked first, as everywhere; then the request. Throws 404. */
  async lock(transaction: Transaction, tenantId: string, id: string): Promise<LockedTransfer> {
    const contactId = await this.transfers.contactOf(transaction, tenantId, id);
    const contact = contactId === undefined ? undefined : (await this.changes.watch(transaction, tenantId, [contactId])).get(contactId);
    const request = contact === undefined ? undefined : await this.transfers.lock(transaction, id);
    if (contact === undefined || request === undefined) throw notFound("Transfer request not found");
    return { request, contact };
  }

  /** Throws 409 when somebody was faster. */
  resolve(transaction: Transaction, { id, status }: TransferRow, resolution: Omit<Resolution, "resolvedAt">): Promise<TransferRow> {
    if (status !== "PENDING") throw conflict(`Request is not pending (status: ${status})`);
    return this.transfers.resolve(transaction, id, { ...resolution, resolvedAt: new Date(this.timing.nowMs()) });
  }
}
