import { Injectable } from "@nestjs/common";
import type { ConversationStatus, MessageType } from "@ipnuo/domain/enums";
import { phoneDigitsOf } from "@ipnuo/domain/jid";
import { contactUpdated, type ContactFact } from "@ipnuo/domain/message-event-payloads";
import { contactNotFound } from "../http/contract-error.ts";
import { Emissions } from "../realtime/emissions.ts";
import { sql, toWireDateOrNull } from "../runtime/sql.ts";
import type { Transaction } from "../runtime/transactions.ts";
import { ContactReferencesRepository } from "./contact-references.repository.ts";

type FactRow = {
  readonly id: string;
  readonly tenantId: string;
  readonly sessionId: string | null;
  readonly chatbotContactId: string | null;
  readonly jid: string;
  readonly pn: string | null;
  readonly isGroup: boolean;
  readonly name: string | null;
  readonly unreadCount: number;
  readonly lastMessageAt: Date | null;
  readonly userId: string | null;
  readonly sessionStatus: ConversationStatus;
  readonly newestType: MessageType | null;
  readonly newestContent: string | null;
};

/** Contacts as they were when somebody locked them. */
export type WatchedContacts = ReadonlyMap<string, ContactFact>;

/** Tells `contact.updated` of whatever a transaction did to contacts: once per contact, and only when a key of the payload changed. */
@Injectable()
export class ContactChanges {
  constructor(
    private readonly emissions: Emissions,
    private readonly references: ContactReferencesRepository,
  ) {}

  /** The contact a reference stands for, locked, as it is before anything is done to it. Throws 404. */
  async lock(transaction: Transaction, tenantId: string, reference: string): Promise<ContactFact> {
    const id = await this.references.require(tenantId, reference, transaction);
    const contact = (await this.watch(transaction, tenantId, [id])).get(id);
    if (contact === undefined) throw contactNotFound();
    return contact;
  }

  /** Locks contacts of the tenant against other writers, always in the same order, and remembers them; new messages may come. Ids of nobody are left out. */
  async watch(transaction: Transaction, tenantId: string, ids: readonly string[]): Promise<WatchedContacts> {
    if (ids.length === 0) return new Map();
    await transaction.db.$queryRaw(sql`
      select 1 from whatsapp_contacts where "tenantId" = ${tenantId} and id = any(${[...ids]}) order by id for no key update`);
    return this.read(transaction, tenantId, ids);
  }

  /** Records what changed since `lock`. */
  recordOne(transaction: Transaction, before: ContactFact): Promise<void> {
    return this.record(transaction, new Map([[before.id, before]]));
  }

  /** Records the changes since `watch`, in the order the contacts were watched. */
  async record(transaction: Transaction, before: WatchedContacts): Promise<void> {
    const [first] = before.values();
    if (first === undefined) return;
    const after = await this.read(transaction, first.tenantId, [...before.keys()]);
    const changes = [...after.values()].map((contact) => contactUpdated(before.get(contact.id), contact));
    await this.emissions.record(transaction, changes);
  }

  /** Facts of contacts, in the order of the ids. */
  async read({ db }: Pick<Transaction, "db">, tenantId: string, ids: readonly string[]): Promise<WatchedContacts> {
    const rows = await db.$queryRaw<FactRow[]>(sql`
      select k.id, k."tenantId", k."sessionId", k."chatbotContactId", k.jid, k.pn, k."isGroup", k.name, k."unreadCount", k."lastMessageAt",
        k."userId", k."sessionStatus", newest."messageType" as "newestType", newest.content as "newestContent"
      from whatsapp_contacts k
      left join lateral (
        select m."messageType", m.content from whatsapp_messages m
        where m."whatsappContactId" = k.id order by m."timestamp" desc, m.id desc limit 1
      ) newest on true
      where k."tenantId" = ${tenantId} and k.id = any(${[...ids]})`);
    const facts = new Map(rows.map((row) => [row.id, toFact(row)]));
    return new Map(
      ids.flatMap((id) => {
        const fact = facts.get(id);
        return fact === undefined ? [] : [[id, fact] as const];
      }),
    );
  }
}

function toFact({ pn, lastMessageAt, newestType, newestContent, ...row }: FactRow): ContactFact {
  return {
    ...row,
    phoneNumber: pn === null ? null : (phoneDigitsOf(pn) ?? null),
    lastMessageAt: toWireDateOrNull(lastMessageAt),
    newestMessage: newestType === null ? undefined : { messageType: newestType, content: newestContent },
  };
}
