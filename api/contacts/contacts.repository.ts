import { Inject, Injectable } from "@nestjs/common";
import { empty, sql } from "../runtime/sql.ts";
import { DATABASE, type Database } from "../runtime/tokens.ts";
import type { ContactRow } from "./contact-row.ts";

export type ContactPage = { readonly sessionId: string | undefined; readonly limit: number; readonly offset: number };

/** Contacts of one tenant, read only. */
@Injectable()
export class ContactsRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** One page in the contract's order, with links that stay inside the tenant. */
  list(tenantId: string, { sessionId, limit, offset }: ContactPage): Promise<ContactRow[]> {
    const ofSession = sessionId === undefined ? empty : sql`and k."sessionId" = ${sessionId}`;
    return this.database.$queryRaw<ContactRow[]>(sql`
      select k.id, k.jid, k.lid, k.pn, k.name, k."isGroup", k."isBusiness", k."avatarUrl", k."lastMessageAt", k."unreadCount", k."sessionId",
        k."tenantId", k."userId", k."chatbotContactId", k."sessionStatus", k."sessionStartedAt", k."lastSessionClosedAt",
        b.id as "chatbotId", b."displayName" as "chatbotName", b.phone as "chatbotPhone", b.type as "chatbotType",
        s."sessionId" as "sessionKey", s."phoneNumber" as "sessionPhone", s.name as "sessionName",
        u.id as "assigneeId", u.name as "assigneeName", u.metadata -> 'color' as "assigneeColor"
      from (
        select k.* from whatsapp_contacts k
        where k."tenantId" = ${tenantId} ${ofSession}
        order by k."lastMessageAt" desc nulls last, k.id
        limit ${limit} offset ${offset}
      ) k
      left join chatbot_contacts b on b.id = k."chatbotContactId" and b."tenantId" = k."tenantId"
      left join whatsapp_sessions s on s."sessionId" = k."sessionId" and s."tenantId" = k."tenantId"
      left join users u on u.id = k."userId" and u."tenantId" = k."tenantId"
      order by k."lastMessageAt" desc nulls last, k.id`);
  }
}
