import { readMethod } from "../../../../../lib/http/read-endpoint.ts";
import { route } from "../../../../../lib/http/route.ts";
import { listPendingTransfers } from "../../../../../lib/whatsapp/transfer-read.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/transfer-requests/pending", {
  GET: readMethod({
    family: "transfers",
    role: "admin",
    failure: "get pending transfers",
    parse: (query) => query.optional("tenantId"),
    answer: (_tenantId, asked, member) => listPendingTransfers(member, asked),
  }),
});
