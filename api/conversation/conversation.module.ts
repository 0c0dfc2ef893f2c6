import { Module } from "@nestjs/common";
import { ContactsModule } from "../contacts/contacts.module.ts";
import { SessionsModule } from "../sessions/sessions.module.ts";
import { ContactSessionsRepository } from "./contact-sessions.repository.ts";
import { ConversationHistoryService } from "./conversation-history.service.ts";
import { ConversationWritesService } from "./conversation-writes.service.ts";
import { ConversationController } from "./conversation.controller.ts";
import { ConversationService } from "./conversation.service.ts";
import { ConversationsRepository } from "./conversations.repository.ts";
import { DelegationRepository } from "./delegation.repository.ts";
import { DelegationService } from "./delegation.service.ts";
import { MessagesRepository } from "./messages.repository.ts";
import { ThreadHeadsRepository } from "./thread-heads.repository.ts";

@Module({
  imports: [ContactsModule, SessionsModule],
  controllers: [ConversationController],
  providers: [
    ConversationService,
    ConversationHistoryService,
    ConversationWritesService,
    DelegationRepository,
    DelegationService,
    MessagesRepository,
    ThreadHeadsRepository,
    ConversationsRepository,
    ContactSessionsRepository,
  ],
  exports: [MessagesRepository],
})
export class ConversationModule {}
