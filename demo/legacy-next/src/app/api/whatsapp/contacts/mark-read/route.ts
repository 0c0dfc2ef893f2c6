import { route } from "../../../../../lib/http/route.ts";
import { writeMethod } from "../../../../../lib/http/write-endpoint.ts";
import { markRead } from "../../../../../lib/whatsapp/mark-read.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/contacts/mark-read", {
  POST: writeMethod({
    family: "conversation",
    role: "user",
    failure: "mark contact as read",
    parse: ({ body }) => body.text("contactId"),
    answer: markRead,
  }),
});
