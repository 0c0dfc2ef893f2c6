import { route } from "../../../../../../../lib/http/route.ts";
import { writeMethod } from "../../../../../../../lib/http/write-endpoint.ts";
import { openConversation } from "../../../../../../../lib/whatsapp/conversation-open.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/contacts/:contactId/session/open", {
  POST: writeMethod({
    family: "conversation",
    role: "user",
    failure: "open session",
    parse: ({ body, parameters: { contactId = "" } }) => ({ contactId, userId: body.actor("userId") }),
    answer: openConversation,
  }),
});
