import { Controller } from "@nestjs/common";
import { changeItem, ingestBatch, messageItem, statusItem, type IngestReply } from "@ipnuo/domain/ingest";
import { AskService } from "../http/asked-by-service.decorator.ts";
import { IngestEndpoint } from "../http/endpoint.decorator.ts";
import { BatchesService, type AskedBatch } from "./batches.service.ts";
import { InboundMessages } from "./inbound-messages.ts";
import { INGEST_BASE as BASE } from "./ingest-base.ts";
import { MessageChanges } from "./message-changes.ts";
import { MessageStatuses } from "./message-statuses.ts";

/** Messages and what becomes of them, as the worker tells it (contract 4.1). */
@Controller()
export class IngestMessagesController {
  constructor(
    private readonly batches: BatchesService,
    private readonly inbound: InboundMessages,
    private readonly statuses: MessageStatuses,
    private readonly changes: MessageChanges,
  ) {}

  @IngestEndpoint("ingest.messages", `${BASE}/messages`, "ingest:messages")
  receive(@AskService({ body: ingestBatch }) asked: AskedBatch): Promise<IngestReply> {
    const apply = this.inbound.apply.bind(this.inbound);
    return this.batches.run(asked, { schema: messageItem, key: "messageId", exclusive: "tenant", apply });
  }

  @IngestEndpoint("ingest.status", `${BASE}/messages/status`, "ingest:messages")
  status(@AskService({ body: ingestBatch }) asked: AskedBatch): Promise<IngestReply> {
    const apply = this.statuses.apply.bind(this.statuses);
    return this.batches.run(asked, { schema: statusItem, key: "messageId", exclusive: "session", apply });
  }

  @IngestEndpoint("ingest.changes", `${BASE}/messages/changes`, "ingest:messages")
  change(@AskService({ body: ingestBatch }) asked: AskedBatch): Promise<IngestReply> {
    const apply = this.changes.apply.bind(this.changes);
    return this.batches.run(asked, { schema: changeItem, key: "messageId", exclusive: "tenant", apply });
  }
}
