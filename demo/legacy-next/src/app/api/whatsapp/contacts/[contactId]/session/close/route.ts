import { route } from "../../../../../../../lib/http/route.ts";
import { writeMethod } from "../../../../../../../lib/http/write-endpoint.ts";
import { closeConversation, parseCloseRequest } from "../../../../../../../lib/whatsapp/conversation-close.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/contacts/:contactId/session/close", {
  POST: writeMethod({
    family: "conversation",
    role: "user",
    failure: "close session",
    parse: ({ body, parameters: { contactId = "" } }) => parseCloseRequest(contactId, body),
    answer: closeConversation,
  }),
});
