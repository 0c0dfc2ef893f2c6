import { route } from "../../../../../lib/http/route.ts";
import { writeMethod } from "../../../../../lib/http/write-endpoint.ts";
import { LINK_TARGETS, linkContact } from "../../../../../lib/whatsapp/contact-link.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/contacts/link", {
  POST: writeMethod({
    family: "contacts",
    role: "admin",
    failure: "link contact",
    parse: ({ body }) => ({
      contactId: body.text("whatsappContactId"),
      targetType: body.choice("targetType", LINK_TARGETS) ?? "user",
      targetId: body.nullableText("targetId"),
    }),
    answer: linkContact,
  }),
});
