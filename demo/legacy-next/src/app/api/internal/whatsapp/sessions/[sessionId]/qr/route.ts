import { ingestEndpoint } from "../../../../../../../lib/ingest/ingest-endpoint.ts";
import { parseQrReport, reportQr } from "../../../../../../../lib/ingest/session-qr.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = ingestEndpoint({
  path: "sessions/:sessionId/qr",
  scope: "sessions",
  parse: (body, { sessionId = "" }) => parseQrReport(sessionId, body),
  answer: reportQr,
});
