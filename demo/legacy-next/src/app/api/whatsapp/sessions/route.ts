import { readEndpoint } from "../../../../lib/http/read-endpoint.ts";
import { listSessionsWithSummary } from "../../../../lib/whatsapp/sessions.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = readEndpoint({
  path: "/api/whatsapp/sessions",
  role: "user",
  failure: "get sessions",
  parse: () => undefined,
  answer: listSessionsWithSummary,
});
