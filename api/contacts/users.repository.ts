import { Inject, Injectable } from "@nestjs/common";
import type { UserRef } from "@ipnuo/domain/values";
import { userNotFound } from "../http/contract-error.ts";
import { DATABASE, type Database } from "../runtime/tokens.ts";
import type { Queries, Transaction } from "../runtime/transactions.ts";

/** Users of one tenant. */
@Injectable()
export class UsersRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async find(tenantId: string, id: string, db: Queries = this.database): Promise<UserRef | null> {
    return db.user.findFirst({ where: { id, tenantId }, select: { id: true, name: true, email: true } });
  }

  /** A user that is to be stored as a reference: 404 without a row. */
  async require(tenantId: string, id: string, { db }: Transaction): Promise<UserRef> {
    const user = await this.find(tenantId, id, db);
    if (user === null) throw userNotFound();
    return user;
  }

  /** Ids of every admin and super_admin. */
  async adminIds(tenantId: string, { db }: Pick<Transaction, "db">): Promise<string[]> {
    const users = await db.user.findMany({
      where: { tenantId, role: { in: ["admin", "super_admin"] } },
      select: { id: true },
      orderBy: { id: "asc" },
    });
    return users.map(({ id }) => id);
  }
}
