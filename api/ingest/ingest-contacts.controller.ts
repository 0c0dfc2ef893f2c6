import { Controller } from "@nestjs/common";
import { contactItem, groupItem, ingestBatch, mediaItem, type IngestReply } from "@ipnuo/domain/ingest";
import { AskService } from "../http/asked-by-service.decorator.ts";
import { IngestEndpoint } from "../http/endpoint.decorator.ts";
import { BatchesService, type AskedBatch } from "./batches.service.ts";
import { ContactReports } from "./contact-reports.ts";
import { INGEST_BASE as BASE } from "./ingest-base.ts";
import { MediaReports } from "./media-reports.ts";

/** Contacts, groups and media, as the worker tells it (contract 4.1). */
@Controller()
export class IngestContactsController {
  constructor(
    private readonly batches: BatchesService,
    private readonly contacts: ContactReports,
    private readonly media: MediaReports,
  ) {}

  @IngestEndpoint("ingest.contacts", `${BASE}/contacts`, "ingest:contacts")
  reportContacts(@AskService({ body: ingestBatch }) asked: AskedBatch): Promise<IngestReply> {
    const apply = this.contacts.applyContact.bind(this.contacts);
    return this.batches.run(asked, { schema: contactItem, key: "jid", exclusive: "tenant", apply });
  }

  @IngestEndpoint("ingest.groups", `${BASE}/groups`, "ingest:contacts")
  reportGroups(@AskService({ body: ingestBatch }) asked: AskedBatch): Promise<IngestReply> {
    const apply = this.contacts.applyGroup.bind(this.contacts);
    return this.batches.run(asked, { schema: groupItem, key: "jid", exclusive: "tenant", apply });
  }

  @IngestEndpoint("ingest.media", `${BASE}/media`, "ingest:media")
  reportMedia(@AskService({ body: ingestBatch }) asked: AskedBatch): Promise<IngestReply> {
    const apply = this.media.apply.bind(this.media);
    return this.batches.run(asked, { schema: mediaItem, key: "messageId", exclusive: "session", apply });
  }
}
