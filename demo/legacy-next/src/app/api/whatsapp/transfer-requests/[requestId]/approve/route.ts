import { route } from "../../../../../../lib/http/route.ts";
import { writeMethod } from "../../../../../../lib/http/write-endpoint.ts";
import { parseDecision } from "../../../../../../lib/whatsapp/transfer-body.ts";
import { approveTransfer } from "../../../../../../lib/whatsapp/transfer-decision.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/transfer-requests/:requestId/approve", {
  POST: writeMethod({
    family: "transfers",
    role: "admin",
    failure: "approve transfer",
    parse: parseDecision,
    answer: approveTransfer,
  }),
});
