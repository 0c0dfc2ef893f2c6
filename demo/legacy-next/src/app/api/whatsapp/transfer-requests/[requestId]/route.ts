import { route } from "../../../../../lib/http/route.ts";
import { writeMethod } from "../../../../../lib/http/write-endpoint.ts";
import { cancelTransfer } from "../../../../../lib/whatsapp/transfer-decision.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/transfer-requests/:requestId", {
  DELETE: writeMethod({
    family: "transfers",
    role: "user",
    failure: "cancel transfer",
    parse: ({ parameters }) => parameters["requestId"] ?? "",
    answer: cancelTransfer,
  }),
});
