import { applyBatch, parseEnvelope } from "../../../../../lib/ingest/batch.ts";
import { ingestEndpoint } from "../../../../../lib/ingest/ingest-endpoint.ts";
import { inboundMessages } from "../../../../../lib/ingest/apply-message.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = ingestEndpoint({
  path: "messages",
  scope: "messages",
  parse: parseEnvelope,
  answer: (envelope, asked) => applyBatch(envelope, inboundMessages, asked),
});
