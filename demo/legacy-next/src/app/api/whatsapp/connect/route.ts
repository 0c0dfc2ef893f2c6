import { route } from "../../../../lib/http/route.ts";
import { writeMethod } from "../../../../lib/http/write-endpoint.ts";
import { parseConnect } from "../../../../lib/whatsapp/session-body.ts";
import { connectSession } from "../../../../lib/whatsapp/session-lifecycle.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/connect", {
  POST: writeMethod({
    family: "sessions",
    role: "admin",
    failure: "connect session",
    parse: ({ body }) => parseConnect(body),
    answer: connectSession,
  }),
});
