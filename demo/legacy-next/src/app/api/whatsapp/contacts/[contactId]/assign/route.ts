import { route } from "../../../../../../lib/http/route.ts";
import { writeMethod } from "../../../../../../lib/http/write-endpoint.ts";
import { assignContact } from "../../../../../../lib/whatsapp/contact-owner.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/contacts/:contactId/assign", {
  POST: writeMethod({
    family: "contacts",
    role: "user",
    failure: "assign contact",
    parse: ({ body, parameters }) => ({ contactId: parameters["contactId"] ?? "", userId: body.nullableText("userId") }),
    answer: assignContact,
  }),
});
