import { Injectable } from "@nestjs/common";
import type { ContactParams } from "@ipnuo/domain/contact-bodies";
import type { LockStatus } from "@ipnuo/domain/contact";
import type { ActorQuery } from "@ipnuo/domain/queries";
import { requireActor } from "../http/actor.ts";
import type { Asked } from "../http/asked.decorator.ts";
import { contactNotFound } from "../http/contract-error.ts";
import { ContactReferencesRepository } from "./contact-references.repository.ts";
import { ContactsRepository } from "./contacts.repository.ts";

/** `GET contacts/:contactId/lock-status`: whether somebody else talks with the contact. */
@Injectable()
export class ContactLocksService {
  constructor(
    private readonly references: ContactReferencesRepository,
    private readonly contacts: ContactsRepository,
  ) {}

  async status({ caller, tenantId, params, query }: Asked<ActorQuery, object, ContactParams>): Promise<LockStatus> {
    const reference = await this.references.resolve(tenantId, params.contactId);
    const contact = reference.kind === "contact" ? await this.contacts.findLock(tenantId, reference.id) : undefined;
    if (contact === undefined) throw contactNotFound();
    requireActor(caller, query.userId);
    const { sessionStatus, userId, owner } = contact;
    const isLocked = sessionStatus === "OPEN" && userId !== null && userId !== caller.userId;
    return { isLocked, reason: isLocked ? "Contact is assigned to another user" : null, currentOwner: owner };
  }
}
