import { Controller } from "@nestjs/common";
import type { ContactList } from "@ipnuo/domain/contact";
import { contactsQuery, type ContactsQuery } from "@ipnuo/domain/queries";
import { Ask, type Asked } from "../http/asked.decorator.ts";
import { Endpoint } from "../http/endpoint.decorator.ts";
import { ContactsService } from "./contacts.service.ts";

@Controller()
export class ContactsController {
  constructor(private readonly contacts: ContactsService) {}

  @Endpoint("contacts.list")
  list(@Ask({ query: contactsQuery }) { tenantId, query }: Asked<ContactsQuery>): Promise<ContactList> {
    return this.contacts.list(tenantId, query);
  }
}
