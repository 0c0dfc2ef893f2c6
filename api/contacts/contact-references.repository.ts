import { Inject, Injectable } from "@nestjs/common";
import { parseRecipient } from "@ipnuo/domain/jid";
import { contactNotFound } from "../http/contract-error.ts";
import { empty, sql, type Sql } from "../runtime/sql.ts";
import { DATABASE, type Database } from "../runtime/tokens.ts";
import type { Queries, Transaction } from "../runtime/transactions.ts";

/** What a reference to a contact stands for (contract 1.8). */
export type ContactReference =
  | { readonly kind: "contact"; readonly id: string }
  /** Known, but nobody has written yet: its thread is empty. */
  | { readonly kind: "no-conversation" }
  | { readonly kind: "unknown" };

/** A row of `referenceHits`: the contact's id, null for somebody who has not written yet. */
export type Hit = { readonly id: string | null };

/** Resolves references to contacts inside one tenant, without side effects. */
@Injectable()
export class ContactReferencesRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** The first hit of: contact, chatbot contact, user, address, phone number. Never a partial match. */
  async resolve(tenantId: string, reference: string, db: Queries = this.database): Promise<ContactReference> {
    return toReference(await db.$queryRaw<Hit[]>(referenceHit(tenantId, reference)), isAddress(reference));
  }

  /** A contact that somebody writes to: 404 unless it exists already (contract 1.8). */
  async require(tenantId: string, reference: string, { db }: Transaction): Promise<string> {
    const contact = await this.resolve(tenantId, reference, db);
    if (contact.kind !== "contact") throw contactNotFound();
    return contact.id;
  }

  /** Reference `jid`: an address or a phone number that is well formed already. */
  async resolveAddress(tenantId: string, recipient: string): Promise<ContactReference> {
    return toReference(await this.database.$queryRaw<Hit[]>(addressHit(tenantId, recipient)), isAddress(recipient));
  }
}

export function isAddress(reference: string): boolean {
  return parseRecipient(reference) !== undefined;
}

/** The best hit of a reference, as a statement of at most one row: contact, chatbot contact, user, address. */
export function referenceHit(tenantId: string, reference: string): Sql {
  const address = parseRecipient(reference)?.jid;
  const byAddress = address === undefined ? empty : sql`union all ${addressHits(tenantId, address)}`;
  return sql`
    select hit.id from (
      select 1 as rank, k.id from whatsapp_contacts k where k."tenantId" = ${tenantId} and k.id = ${reference}
      union all
      select 2, (
        select k.id from whatsapp_contacts k where k."chatbotContactId" = b.id and k."tenantId" = b."tenantId"
        order by k."lastMessageAt" desc nulls last, k.id limit 1
      ) from chatbot_contacts b where b."tenantId" = ${tenantId} and b.id = ${reference}
      union all
      select 3, k.id from users u
      left join whatsapp_contacts k on k."tenantId" = u."tenantId" and k.pn = u."normalizedPhone" || '@s.whatsapp.net'
      where u."tenantId" = ${tenantId} and u.id = ${reference}
      ${byAddress}
    ) hit order by hit.rank limit 1`;
}

/** The best hit of an address or phone number; none for a text that is neither. */
export function addressHit(tenantId: string, recipient: string): Sql {
  return sql`select hit.id from (${addressHits(tenantId, parseRecipient(recipient)?.jid ?? "")}) hit order by hit.rank limit 1`;
}

/** By `pn`, `lid` or `jid`, in this order; each is unique in the tenant. */
function addressHits(tenantId: string, address: string): Sql {
  return sql`
    select case when k.pn = ${address} then 4 when k.lid = ${address} then 5 else 6 end as rank, k.id
    from whatsapp_contacts k
    where k."tenantId" = ${tenantId} and (k.pn = ${address} or k.lid = ${address} or k.jid = ${address})`;
}

/** What the best hit says; without one it matters whether the reference could be somebody nobody has heard of yet. */
export function toReference([first]: readonly Hit[], isWellFormed: boolean): ContactReference {
  if (first === undefined) return isWellFormed ? { kind: "no-conversation" } : { kind: "unknown" };
  return first.id === null ? { kind: "no-conversation" } : { kind: "contact", id: first.id };
}
