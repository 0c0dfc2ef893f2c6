import { ingestEndpoint } from "../../../../../../../lib/ingest/ingest-endpoint.ts";
import { parseStateReport, reportState } from "../../../../../../../lib/ingest/session-state.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = ingestEndpoint({
  path: "sessions/:sessionId/state",
  scope: "sessions",
  parse: (body, { sessionId = "" }) => parseStateReport(sessionId, body),
  answer: reportState,
});
