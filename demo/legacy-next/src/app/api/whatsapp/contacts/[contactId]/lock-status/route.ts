import { actorOf } from "../../../../../../lib/http/member.ts";
import { readMethod } from "../../../../../../lib/http/read-endpoint.ts";
import { route } from "../../../../../../lib/http/route.ts";
import { readLockStatus } from "../../../../../../lib/whatsapp/contact-owner.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/contacts/:contactId/lock-status", {
  GET: readMethod({
    family: "contacts",
    role: "user",
    failure: "get lock status",
    parse: (query, parameters) => ({ contactId: parameters["contactId"] ?? "", actor: actorOf(query.optional("userId")) }),
    answer: (_tenantId, input, member) => readLockStatus(member, input),
  }),
});
