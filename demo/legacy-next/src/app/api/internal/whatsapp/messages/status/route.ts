import { applyBatch, parseEnvelope } from "../../../../../../lib/ingest/batch.ts";
import { ingestEndpoint } from "../../../../../../lib/ingest/ingest-endpoint.ts";
import { messageStatuses } from "../../../../../../lib/ingest/apply-status.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = ingestEndpoint({
  path: "messages/status",
  scope: "messages",
  parse: parseEnvelope,
  answer: (envelope, asked) => applyBatch(envelope, messageStatuses, asked),
});
