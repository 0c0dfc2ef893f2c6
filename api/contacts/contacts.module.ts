import { Module } from "@nestjs/common";
import { SessionsModule } from "../sessions/sessions.module.ts";
import { ContactChanges } from "./contact-changes.ts";
import { ContactIdentities } from "./contact-identities.ts";
import { ContactLinksService } from "./contact-links.service.ts";
import { ContactLocksService } from "./contact-locks.service.ts";
import { ContactMerges } from "./contact-merges.ts";
import { ContactReferencesRepository } from "./contact-references.repository.ts";
import { ContactSyncRepository } from "./contact-sync.repository.ts";
import { ContactSyncService } from "./contact-sync.service.ts";
import { ContactWritesController } from "./contact-writes.controller.ts";
import { ContactsController } from "./contacts.controller.ts";
import { ContactsRepository } from "./contacts.repository.ts";
import { ContactsService } from "./contacts.service.ts";
import { UsersRepository } from "./users.repository.ts";

@Module({
  imports: [SessionsModule],
  controllers: [ContactsController, ContactWritesController],
  providers: [
    ContactsRepository,
    ContactsService,
    ContactReferencesRepository,
    ContactChanges,
    ContactIdentities,
    ContactMerges,
    ContactLinksService,
    ContactLocksService,
    ContactSyncRepository,
    ContactSyncService,
    UsersRepository,
  ],
  exports: [ContactReferencesRepository, ContactChanges, ContactIdentities, ContactsService, UsersRepository],
})
export class ContactsModule {}
