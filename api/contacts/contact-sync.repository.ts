import { Injectable } from "@nestjs/common";
import { sql, UTC_NOW } from "../runtime/sql.ts";
import type { Transaction } from "../runtime/transactions.ts";

/** A contact with the links it could get: null where it has one, or where not exactly one matches. */
export type Candidate = { readonly id: string; readonly userId: string | null; readonly chatbotContactId: string | null };

/** Links by exact number: two matches are no match, and a link that is set is never replaced. */
@Injectable()
export class ContactSyncRepository {
  /** The session's non-group contacts with a phone address. */
  candidates({ db }: Transaction, tenantId: string, sessionId: string): Promise<Candidate[]> {
    return db.$queryRaw<Candidate[]>(sql`
      select k.id, case when k."userId" is null then u.id end as "userId", case when k."chatbotContactId" is null then b.id end as "chatbotContactId"
      from whatsapp_contacts k
      left join (
        select "normalizedPhone" as digits, min(id) as id from users
        where "tenantId" = ${tenantId} and "normalizedPhone" is not null group by "normalizedPhone" having count(*) = 1
      ) u on u.digits = split_part(k.pn, '@', 1)
      left join (
        select regexp_replace(phone, '[^0-9]', '', 'g') as digits, min(id) as id from chatbot_contacts
        where "tenantId" = ${tenantId} and phone is not null group by 1 having count(*) = 1
      ) b on b.digits = split_part(k.pn, '@', 1)
      where k."tenantId" = ${tenantId} and k."sessionId" = ${sessionId} and not k."isGroup" and k.pn is not null
      order by k.id`);
  }

  /** Sets what is still not set; the number of contacts that got the link. */
  async linkUsers({ db }: Transaction, links: readonly Candidate[]): Promise<number> {
    const given = links.filter(({ userId }) => userId !== null);
    if (given.length === 0) return 0;
    return db.$executeRaw(sql`
      update whatsapp_contacts k set "userId" = l.target, "updatedAt" = ${UTC_NOW}
      from unnest(${given.map(({ id }) => id)}::text[], ${given.map(({ userId }) => userId)}::text[]) as l(id, target)
      where k.id = l.id and k."userId" is null`);
  }

  async linkChatbotContacts({ db }: Transaction, links: readonly Candidate[]): Promise<number> {
    const given = links.filter(({ chatbotContactId }) => chatbotContactId !== null);
    if (given.length === 0) return 0;
    return db.$executeRaw(sql`
      update whatsapp_contacts k set "chatbotContactId" = l.target, "updatedAt" = ${UTC_NOW}
      from unnest(${given.map(({ id }) => id)}::text[], ${given.map(({ chatbotContactId }) => chatbotContactId)}::text[]) as l(id, target)
      where k.id = l.id and k."chatbotContactId" is null`);
  }

  /** False when the tenant has no such session. */
  async touchSession({ db }: Transaction, { tenantId, sessionId, at }: { tenantId: string; sessionId: string; at: Date }): Promise<boolean> {
    const { count } = await db.whatsAppSession.updateMany({ where: { tenantId, sessionId }, data: { lastSync: at } });
    return count > 0;
  }
}
