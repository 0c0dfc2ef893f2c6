import { Injectable } from "@nestjs/common";
import type { ContactList } from "@ipnuo/domain/contact";
import type { ContactsQuery } from "@ipnuo/domain/queries";
import { SessionsService } from "../sessions/sessions.service.ts";
import { toContact } from "./contact-row.ts";
import { ContactsRepository } from "./contacts.repository.ts";

/** The chat list. */
@Injectable()
export class ContactsService {
  constructor(
    private readonly contacts: ContactsRepository,
    private readonly sessions: SessionsService,
  ) {}

  async list(tenantId: string, { sessionId, limit, offset }: ContactsQuery): Promise<ContactList> {
    if (sessionId !== undefined) await this.sessions.require(tenantId, sessionId);
    const rows = await this.contacts.list(tenantId, { sessionId, limit, offset });
    return { contacts: rows.map(toContact) };
  }
}
