import { Controller } from "@nestjs/common";
import { contactParams, type ContactParams } from "@ipnuo/domain/contact-bodies";
import type { ContactList, LockStatus } from "@ipnuo/domain/contact";
import { actorQuery, contactsQuery, type ActorQuery, type ContactsQuery } from "@ipnuo/domain/queries";
import { Ask, type Asked } from "../http/asked.decorator.ts";
import { Endpoint } from "../http/endpoint.decorator.ts";
import { ContactLocksService } from "./contact-locks.service.ts";
import { ContactsService } from "./contacts.service.ts";

@Controller()
export class ContactsController {
  constructor(
    private readonly contacts: ContactsService,
    private readonly locks: ContactLocksService,
  ) {}

  @Endpoint("contacts.list")
  list(@Ask({ query: contactsQuery }) { tenantId, query }: Asked<ContactsQuery>): Promise<ContactList> {
    return this.contacts.list(tenantId, query);
  }

  @Endpoint("contacts.lock")
  lock(@Ask({ params: contactParams, query: actorQuery }) asked: Asked<ActorQuery, object, ContactParams>): Promise<LockStatus> {
    return this.locks.status(asked);
  }
}
