import { route } from "../../../../lib/http/route.ts";
import { writeMethod } from "../../../../lib/http/write-endpoint.ts";
import { disconnectSession } from "../../../../lib/whatsapp/session-lifecycle.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/disconnect", {
  POST: writeMethod({
    family: "sessions",
    role: "admin",
    failure: "disconnect session",
    parse: ({ body }) => body.text("sessionId"),
    answer: disconnectSession,
  }),
});
