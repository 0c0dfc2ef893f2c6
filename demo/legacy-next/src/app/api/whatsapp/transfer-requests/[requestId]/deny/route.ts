import { route } from "../../../../../../lib/http/route.ts";
import { writeMethod } from "../../../../../../lib/http/write-endpoint.ts";
import { parseDecision } from "../../../../../../lib/whatsapp/transfer-body.ts";
import { denyTransfer } from "../../../../../../lib/whatsapp/transfer-decision.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/transfer-requests/:requestId/deny", {
  POST: writeMethod({
    family: "transfers",
    role: "admin",
    failure: "deny transfer",
    parse: parseDecision,
    answer: denyTransfer,
  }),
});
