import { readEndpoint } from "../../../../../../lib/http/read-endpoint.ts";
import { listPastSessions } from "../../../../../../lib/whatsapp/conversation-history.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = readEndpoint({
  path: "/api/whatsapp/contacts/:contactId/sessions",
  family: "conversation",
  role: "user",
  failure: "get contact sessions",
  parse: (_query, { contactId = "" }) => contactId,
  answer: listPastSessions,
});
