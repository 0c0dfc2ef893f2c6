import { Inject, Injectable } from "@nestjs/common";
import type { ConversationStatus } from "@ipnuo/domain/enums";
import type { UserRef } from "@ipnuo/domain/values";
import { empty, sql, type Sql } from "../runtime/sql.ts";
import { DATABASE, type Database } from "../runtime/tokens.ts";
import type { Queries, Transaction } from "../runtime/transactions.ts";
import type { ContactRow } from "./contact-row.ts";

export type ContactPage = { readonly sessionId: string | undefined; readonly limit: number; readonly offset: number };

export type LockRow = { readonly sessionStatus: ConversationStatus; readonly userId: string | null; readonly owner: UserRef | null };

/** Contacts of one tenant, as replies show them. */
@Injectable()
export class ContactsRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** One page in the contract's order, with links that stay inside the tenant. */
  list(tenantId: string, { sessionId, limit, offset }: ContactPage): Promise<ContactRow[]> {
    const ofSession = sessionId === undefined ? empty : sql`and k."sessionId" = ${sessionId}`;
    return this.select(
      sql`where k."tenantId" = ${tenantId} ${ofSession} order by k."lastMessageAt" desc nulls last, k.id limit ${limit} offset ${offset}`,
      this.database,
    );
  }

  /** One contact, as a transaction sees it. */
  async find(tenantId: string, id: string, { db }: Transaction): Promise<ContactRow | undefined> {
    const [row] = await this.select(sql`where k."tenantId" = ${tenantId} and k.id = ${id}`, db);
    return row;
  }

  /** What decides whether a contact is locked; the owner is null unless a user of the tenant. */
  async findLock(tenantId: string, id: string): Promise<LockRow | undefined> {
    const [row] = await this.database.$queryRaw<
      (Omit<LockRow, "owner"> & { ownerId: string | null; name: string | null; email: string | null })[]
    >(sql`
      select k."sessionStatus", k."userId", u.id as "ownerId", u.name, u.email
      from whatsapp_contacts k left join users u on u.id = k."userId" and u."tenantId" = k."tenantId"
      where k."tenantId" = ${tenantId} and k.id = ${id}`);
    if (row === undefined) return undefined;
    const { ownerId, name, email, ...lock } = row;
    return { ...lock, owner: ownerId === null ? null : { id: ownerId, name, email } };
  }

  private select(selection: Sql, db: Queries): Promise<ContactRow[]> {
    return db.$queryRaw<ContactRow[]>(sql`
      select k.id, k.jid, k.lid, k.pn, k.name, k."isGroup", k."isBusiness", k."avatarUrl", k."lastMessageAt", k."unreadCount", k."sessionId",
        k."tenantId", k."userId", k."chatbotContactId", k."sessionStatus", k."sessionStartedAt", k."lastSessionClosedAt",
        b.id as "chatbotId", b."displayName" as "chatbotName", b.phone as "chatbotPhone", b.type as "chatbotType",
        s."sessionId" as "sessionKey", s."phoneNumber" as "sessionPhone", s.name as "sessionName",
        u.id as "assigneeId", u.name as "assigneeName", u.metadata -> 'color' as "assigneeColor"
      from (
        select k.* from whatsapp_contacts k ${selection}
      ) k
      left join chatbot_contacts b on b.id = k."chatbotContactId" and b."tenantId" = k."tenantId"
      left join whatsapp_sessions s on s."sessionId" = k."sessionId" and s."tenantId" = k."tenantId"
      left join users u on u.id = k."userId" and u."tenantId" = k."tenantId"
      order by k."lastMessageAt" desc nulls last, k.id`);
  }
}
