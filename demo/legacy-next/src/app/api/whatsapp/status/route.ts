import { readEndpoint } from "../../../../lib/http/read-endpoint.ts";
import { readStatus } from "../../../../lib/whatsapp/session-status.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = readEndpoint({
  path: "/api/whatsapp/status",
  family: "sessions",
  role: "user",
  failure: "get status",
  parse: (query) => query.required("sessionId"),
  answer: readStatus,
});
