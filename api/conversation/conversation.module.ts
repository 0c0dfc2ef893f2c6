import { Module } from "@nestjs/common";
import { ContactsModule } from "../contacts/contacts.module.ts";
import { SessionsModule } from "../sessions/sessions.module.ts";
import { ConversationController } from "./conversation.controller.ts";
import { ConversationService } from "./conversation.service.ts";
import { HistoryRepository } from "./history.repository.ts";
import { MessagesRepository } from "./messages.repository.ts";

@Module({
  imports: [ContactsModule, SessionsModule],
  controllers: [ConversationController],
  providers: [ConversationService, MessagesRepository, HistoryRepository],
})
export class ConversationModule {}
