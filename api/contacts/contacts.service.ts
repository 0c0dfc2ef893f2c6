import { Injectable } from "@nestjs/common";
import type { Contact, ContactList } from "@ipnuo/domain/contact";
import type { ContactsQuery } from "@ipnuo/domain/queries";
import { contactNotFound } from "../http/contract-error.ts";
import { SharedReads } from "../runtime/shared-reads.ts";
import type { Transaction } from "../runtime/transactions.ts";
import { SessionsService } from "../sessions/sessions.service.ts";
import { toContact } from "./contact-row.ts";
import { ContactsRepository } from "./contacts.repository.ts";

/** The chat list. */
@Injectable()
export class ContactsService {
  private readonly lists = new SharedReads<ContactList>();

  constructor(
    private readonly contacts: ContactsRepository,
    private readonly sessions: SessionsService,
  ) {}

  list(tenantId: string, query: ContactsQuery): Promise<ContactList> {
    return this.lists.read(JSON.stringify([tenantId, query]), () => this.read(tenantId, query));
  }

  private async read(tenantId: string, { sessionId, limit, offset }: ContactsQuery): Promise<ContactList> {
    if (sessionId !== undefined) await this.sessions.require(tenantId, sessionId);
    const rows = await this.contacts.list(tenantId, { sessionId, limit, offset });
    return { contacts: rows.map(toContact) };
  }

  /** A contact that is there, as a transaction has left it. */
  async show(tenantId: string, id: string, transaction: Transaction): Promise<Contact> {
    const row = await this.contacts.find(tenantId, id, transaction);
    if (row === undefined) throw contactNotFound();
    return toContact(row);
  }
}
