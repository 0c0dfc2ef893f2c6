import { Inject, Injectable } from "@nestjs/common";
import type { TransferStatus } from "@ipnuo/domain/enums";
import { AppError } from "../../lib/errors.ts";
import { sql, type Sql } from "../runtime/sql.ts";
import { DATABASE, type Database } from "../runtime/tokens.ts";
import type { Queries, Transaction } from "../runtime/transactions.ts";
import type { TransferRow } from "./transfer-row.ts";

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
    return select(this.database, sql`k."tenantId" = ${tenantId} and r.status = 'PENDING'`);
  }

  async findPending(contactId: string): Promise<TransferRow | undefined> {
    const [row] = await select(this.database, sql`r."contactId" = ${contactId} and r.status = 'PENDING'`);
    return row;
  }

  /** Of any tenant: whoever asks looks at the contact's. */
  async read(db: Queries, id: string): Promise<TransferRow | undefined> {
    return find(db, id);
  }

  async hasPending({ db }: Transaction, contactId: string): Promise<boolean> {
    return (await db.contactTransferRequest.count({ where: { contactId, status: "PENDING" } })) > 0;
  }

  /** The contact a request of the tenant is about; undefined when the tenant has no such request. */
  async contactOf({ db }: Transaction, tenantId: string, id: string): Promise<string | undefined> {
    const [row] = await db.$queryRaw<{ contactId: string }[]>(sql`
      select r."contactId" from contact_transfer_requests r
      join whatsapp_contacts k on k.id = r."contactId" where r.id = ${id} and k."tenantId" = ${tenantId}`);
    return row?.contactId;
  }

  /** Locks the request: of two decisions the later one sees what the first has made of it. */
  async lock({ db }: Transaction, id: string): Promise<TransferRow | undefined> {
    await db.$queryRaw(sql`select 1 from contact_transfer_requests where id = ${id} for update`);
    return find(db, id);
  }

  async create({ db }: Transaction, transfer: NewTransfer): Promise<TransferRow> {
    const { id } = await db.contactTransferRequest.create({ data: transfer, select: { id: true } });
    return written(await find(db, id));
  }

  async resolve({ db }: Transaction, id: string, resolution: Resolution): Promise<TransferRow> {
    await db.contactTransferRequest.update({ where: { id }, data: resolution, select: { id: true } });
    return written(await find(db, id));
  }
}

function written(row: TransferRow | undefined): TransferRow {
  if (row === undefined) throw new AppError("API_TRANSFER_LOST", "a transfer request just written is not there");
  return row;
}

async function find(db: Queries, id: string): Promise<TransferRow | undefined> {
  const [row] = await select(db, sql`r.id = ${id}`);
  return row;
}

/** With the contact and the users as replies show them: a user of another tenant is nobody. */
function select(db: Queries, condition: Sql): Promise<TransferRow[]> {
  return db.$queryRaw<TransferRow[]>(sql`
    select r.id, r."contactId", r."fromUserId", r."toUserId", r."requestedById", r."supervisorId", r.status, r.message, r."supervisorNotes",
      r."createdAt", r."updatedAt", r."resolvedAt", k.name as "contactName", k.pn as "contactPn", k.jid as "contactJid",
      k."tenantId" as "contactTenantId", k."sessionId" as "contactSessionId",
      case when f.id is not null then json_build_object('id', f.id, 'name', f.name, 'email', f.email) end as "fromUser",
      case when t.id is not null then json_build_object('id', t.id, 'name', t.name, 'email', t.email) end as "toUser",
      case when q.id is not null then json_build_object('id', q.id, 'name', q.name, 'email', q.email) end as "requestedBy"
    from contact_transfer_requests r
    join whatsapp_contacts k on k.id = r."contactId"
    left join users f on f.id = r."fromUserId" and f."tenantId" = k."tenantId"
    left join users t on t.id = r."toUserId" and t."tenantId" = k."tenantId"
    left join users q on q.id = r."requestedById" and q."tenantId" = k."tenantId"
    where ${condition}
    order by r."createdAt" desc, r.id`);
}
