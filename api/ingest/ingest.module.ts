import { Module } from "@nestjs/common";
import { ContactsModule } from "../contacts/contacts.module.ts";
import { BatchesService } from "./batches.service.ts";
import { ContactReports } from "./contact-reports.ts";
import { InboundMessages } from "./inbound-messages.ts";
import { IngestContactsController } from "./ingest-contacts.controller.ts";
import { IngestContacts } from "./ingest-contacts.ts";
import { IngestMessagesController } from "./ingest-messages.controller.ts";
import { IngestSessionsController } from "./ingest-sessions.controller.ts";
import { MediaReports } from "./media-reports.ts";
import { MessageChanges } from "./message-changes.ts";
import { MessageStatuses } from "./message-statuses.ts";
import { SessionReportsService } from "./session-reports.service.ts";

@Module({
  imports: [ContactsModule],
  controllers: [IngestMessagesController, IngestContactsController, IngestSessionsController],
  providers: [BatchesService, SessionReportsService, IngestContacts, InboundMessages, MessageStatuses, MessageChanges, ContactReports, MediaReports],
})
export class IngestModule {}
