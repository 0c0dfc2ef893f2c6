import { Module } from "@nestjs/common";
import { SessionsModule } from "../sessions/sessions.module.ts";
import { ContactReferencesRepository } from "./contact-references.repository.ts";
import { ContactsController } from "./contacts.controller.ts";
import { ContactsRepository } from "./contacts.repository.ts";
import { ContactsService } from "./contacts.service.ts";

@Module({
  imports: [SessionsModule],
  controllers: [ContactsController],
  providers: [ContactsRepository, ContactsService, ContactReferencesRepository],
  exports: [ContactReferencesRepository],
})
export class ContactsModule {}
