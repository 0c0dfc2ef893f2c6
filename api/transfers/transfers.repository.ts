import { Inject, Injectable } from "@nestjs/common";
import type { TransferStatus } from "@ipnuo/domain/enums";
import { sql } from "../runtime/sql.ts";
import { DATABASE, type Database } from "../runtime/tokens.ts";
import type { Transaction } from "../runtime/transactions.ts";
import type { TransferRow } from "./transfer-row.ts";

const USER = { select: { id: true, name: true, email: true, tenantId: true } } as const;
const WITH_NAMES = {
  contact: { select: { id: true, name: true, pn: true, jid: true, tenantId: true, sessionId: true } },
  fromUser: USER,
  toUser: USER,
  requestedBy: USER,
} as const;

export type NewTransfer = {
  readonly contactId: string;
  readonly fromUserId: string;
  readonly toUserId: string;
  readonly requestedById: string;
  readonly message: string | null;
};
export type Resolution = {
  readonly status: Exclude<TransferStatus, "PENDING">;
  readonly resolvedAt: Date;
  readonly supervisorId?: string;
  readonly supervisorNotes?: string | null;
};

/** Transfer requests of one tenant: that of their contact. */
@Injectable()
export class TransfersRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** The newest first. */
  pending(tenantId: string): Promise<TransferRow[]> {
    return this.database.contactTransferRequest.findMany({
      where: { status: "PENDING", contact: { tenantId } },
      include: WITH_NAMES,
      orderBy: [{ createdAt: "desc" }, { id: "asc" }],
    });
  }

  findPending(contactId: string): Promise<TransferRow | null> {
    return this.database.contactTransferRequest.findFirst({ where: { contactId, status: "PENDING" }, include: WITH_NAMES });
  }

  async hasPending({ db }: Transaction, contactId: string): Promise<boolean> {
    return (await db.contactTransferRequest.count({ where: { contactId, status: "PENDING" } })) > 0;
  }

  /** The contact a request of the tenant is about; undefined when the tenant has no such request. */
  async contactOf({ db }: Transaction, tenantId: string, id: string): Promise<string | undefined> {
    const request = await db.contactTransferRequest.findFirst({ where: { id, contact: { tenantId } }, select: { contactId: true } });
    return request?.contactId;
  }

  /** Locks the request: of two decisions the later one sees what the first has made of it. */
  async lock({ db }: Transaction, id: string): Promise<TransferRow | null> {
    await db.$queryRaw(sql`select 1 from contact_transfer_requests where id = ${id} for update`);
    return db.contactTransferRequest.findUnique({ where: { id }, include: WITH_NAMES });
  }

  create({ db }: Transaction, transfer: NewTransfer): Promise<TransferRow> {
    return db.contactTransferRequest.create({ data: transfer, include: WITH_NAMES });
  }

  resolve({ db }: Transaction, id: string, resolution: Resolution): Promise<TransferRow> {
    return db.contactTransferRequest.update({ where: { id }, data: resolution, include: WITH_NAMES });
  }
}
