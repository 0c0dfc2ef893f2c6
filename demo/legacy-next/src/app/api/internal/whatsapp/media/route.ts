import { applyBatch, parseEnvelope } from "../../../../../lib/ingest/batch.ts";
import { ingestEndpoint } from "../../../../../lib/ingest/ingest-endpoint.ts";
import { media } from "../../../../../lib/ingest/apply-media.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = ingestEndpoint({
  path: "media",
  scope: "media",
  parse: parseEnvelope,
  answer: (envelope, asked) => applyBatch(envelope, media, asked),
});
