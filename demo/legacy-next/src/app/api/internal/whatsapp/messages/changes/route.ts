import { applyBatch, parseEnvelope } from "../../../../../../lib/ingest/batch.ts";
import { ingestEndpoint } from "../../../../../../lib/ingest/ingest-endpoint.ts";
import { messageChanges } from "../../../../../../lib/ingest/apply-change.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = ingestEndpoint({
  path: "messages/changes",
  scope: "messages",
  parse: parseEnvelope,
  answer: (envelope, asked) => applyBatch(envelope, messageChanges, asked),
});
