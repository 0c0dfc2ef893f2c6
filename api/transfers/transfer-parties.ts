import { Injectable } from "@nestjs/common";
import { transferCancelled, transferDecided, transferred, transferRequested } from "@ipnuo/domain/event-payloads";
import { UsersRepository } from "../contacts/users.repository.ts";
import type { Caller } from "../http/caller.ts";
import { Emissions } from "../realtime/emissions.ts";
import type { Transaction } from "../runtime/transactions.ts";
import { toTransferFact, toTransferRequest, type TransferRow } from "./transfer-row.ts";

/** Who takes part in transfers, and what each of them is told. */
@Injectable()
export class TransferParties {
  constructor(
    private readonly users: UsersRepository,
    private readonly emissions: Emissions,
  ) {}

  /** The caller is stored as a reference: 404 unless there is such a user in the tenant. */
  async require(transaction: Transaction, tenantId: string, { userId }: Caller): Promise<void> {
    await this.users.require(tenantId, userId, transaction);
  }

  async tellRequested(transaction: Transaction, row: TransferRow): Promise<void> {
    const admins = await this.users.adminIds(row.contactTenantId, transaction);
    await this.emissions.record(transaction, transferRequested(toTransferFact(row), admins, toTransferRequest(row)));
  }

  async tellCancelled(transaction: Transaction, row: TransferRow): Promise<void> {
    const admins = await this.users.adminIds(row.contactTenantId, transaction);
    await this.emissions.record(transaction, transferCancelled(toTransferFact(row), admins));
  }

  /** Whoever asked hears the decision; the former owner hears who has the contact now. */
  async tellDecided(transaction: Transaction, row: TransferRow): Promise<void> {
    const fact = toTransferFact(row);
    const isApproved = row.status === "APPROVED";
    const decision = transferDecided(fact, row.requestedById, { isApproved, notes: row.supervisorNotes });
    const handedOver = isApproved && row.fromUserId !== null ? transferred(fact, row.fromUserId, toTransferRequest(row).toUser) : undefined;
    await this.emissions.record(transaction, [decision, handedOver]);
  }
}
