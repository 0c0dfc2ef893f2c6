import { route } from "../../../../lib/http/route.ts";
import { writeMethod } from "../../../../lib/http/write-endpoint.ts";
import { delegate, parseDelegateRequest } from "../../../../lib/whatsapp/delegate.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/delegate", {
  POST: writeMethod({
    family: "conversation",
    role: "user",
    failure: "delegate message",
    parse: ({ body }) => parseDelegateRequest(body),
    answer: delegate,
  }),
});
