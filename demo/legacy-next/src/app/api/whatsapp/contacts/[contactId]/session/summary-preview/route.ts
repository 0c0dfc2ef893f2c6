import { readEndpoint } from "../../../../../../../lib/http/read-endpoint.ts";
import { previewConversation } from "../../../../../../../lib/whatsapp/conversation-preview.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = readEndpoint({
  path: "/api/whatsapp/contacts/:contactId/session/summary-preview",
  family: "conversation",
  role: "user",
  failure: "generate summary",
  parse: (_query, { contactId = "" }) => contactId,
  answer: previewConversation,
});
