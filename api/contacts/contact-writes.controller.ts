import { Controller } from "@nestjs/common";
import {
  assignBody,
  contactParams,
  linkBody,
  syncBody,
  type AssignBody,
  type ContactParams,
  type LinkBody,
  type SyncBody,
} from "@ipnuo/domain/contact-bodies";
import type { ContactSaved, SyncReply } from "@ipnuo/domain/contact";
import { Ask, type Asked } from "../http/asked.decorator.ts";
import { Endpoint } from "../http/endpoint.decorator.ts";
import { ContactLinksService } from "./contact-links.service.ts";
import { ContactSyncService } from "./contact-sync.service.ts";

@Controller()
export class ContactWritesController {
  constructor(
    private readonly links: ContactLinksService,
    private readonly synchronisation: ContactSyncService,
  ) {}

  @Endpoint("contacts.link")
  async link(@Ask({ body: linkBody }) asked: Asked<object, LinkBody>): Promise<ContactSaved> {
    return { success: true, contact: await this.links.link(asked) };
  }

  @Endpoint("contacts.assign")
  async assign(@Ask({ params: contactParams, body: assignBody }) asked: Asked<object, AssignBody, ContactParams>): Promise<ContactSaved> {
    return { success: true, contact: await this.links.assign(asked) };
  }

  @Endpoint("contacts.sync")
  sync(@Ask({ body: syncBody }) asked: Asked<object, SyncBody>): Promise<SyncReply> {
    return this.synchronisation.sync(asked);
  }
}
