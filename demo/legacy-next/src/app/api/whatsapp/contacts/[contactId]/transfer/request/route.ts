import { route } from "../../../../../../../lib/http/route.ts";
import { writeMethod } from "../../../../../../../lib/http/write-endpoint.ts";
import { TRANSFER_TEXT } from "../../../../../../../lib/whatsapp/transfer-reply.ts";
import { requestTransfer } from "../../../../../../../lib/whatsapp/transfer-request.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/contacts/:contactId/transfer/request", {
  POST: writeMethod({
    family: "transfers",
    role: "user",
    failure: "request transfer",
    parse: ({ body, parameters }) => ({
      contactId: parameters["contactId"] ?? "",
      actor: body.actor("userId"),
      message: body.optionalText("message", TRANSFER_TEXT),
    }),
    answer: requestTransfer,
  }),
});
