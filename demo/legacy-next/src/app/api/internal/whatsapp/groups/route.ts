import { applyBatch, parseEnvelope } from "../../../../../lib/ingest/batch.ts";
import { ingestEndpoint } from "../../../../../lib/ingest/ingest-endpoint.ts";
import { groups } from "../../../../../lib/ingest/apply-group.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = ingestEndpoint({
  path: "groups",
  scope: "contacts",
  parse: parseEnvelope,
  answer: (envelope, asked) => applyBatch(envelope, groups, asked),
});
