import { Module } from "@nestjs/common";
import { ContactsModule } from "../contacts/contacts.module.ts";
import { ConversationModule } from "../conversation/conversation.module.ts";
import { FilePublishing } from "./file-publishing.ts";
import { SendAcceptance } from "./send-acceptance.ts";
import { SendDecisions } from "./send-decisions.ts";
import { SendGate } from "./send-gate.ts";
import { SendOnce } from "./send-once.ts";
import { SendRecipients } from "./send-recipients.ts";
import { SendRecordsRepository } from "./send-records.repository.ts";
import { SendRowsRepository } from "./send-rows.repository.ts";
import { SendSessionsRepository } from "./send-sessions.repository.ts";
import { SendsController } from "./sends.controller.ts";
import { SendsService } from "./sends.service.ts";
import { Uploads } from "./uploads.ts";

@Module({
  imports: [ContactsModule, ConversationModule],
  controllers: [SendsController],
  providers: [
    SendsService,
    SendGate,
    SendOnce,
    SendDecisions,
    SendAcceptance,
    SendRecipients,
    SendRecordsRepository,
    SendSessionsRepository,
    SendRowsRepository,
    FilePublishing,
    Uploads,
  ],
  exports: [SendDecisions],
})
export class SendsModule {}
