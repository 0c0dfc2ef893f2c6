import { actorOf } from "../../../../../../lib/http/member.ts";
import { readMethod } from "../../../../../../lib/http/read-endpoint.ts";
import { route } from "../../../../../../lib/http/route.ts";
import { readTransferStatus } from "../../../../../../lib/whatsapp/transfer-read.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/contacts/:contactId/transfer-status", {
  GET: readMethod({
    family: "transfers",
    role: "user",
    failure: "get transfer status",
    parse: (query, parameters) => ({ contactId: parameters["contactId"] ?? "", actor: actorOf(query.optional("userId")) }),
    answer: (_tenantId, input, member) => readTransferStatus(member, input),
  }),
});
