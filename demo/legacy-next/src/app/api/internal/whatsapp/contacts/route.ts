import { applyBatch, parseEnvelope } from "../../../../../lib/ingest/batch.ts";
import { ingestEndpoint } from "../../../../../lib/ingest/ingest-endpoint.ts";
import { contacts } from "../../../../../lib/ingest/apply-contact.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = ingestEndpoint({
  path: "contacts",
  scope: "contacts",
  parse: parseEnvelope,
  answer: (envelope, asked) => applyBatch(envelope, contacts, asked),
});
