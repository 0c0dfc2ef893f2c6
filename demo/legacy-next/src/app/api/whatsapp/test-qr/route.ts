import { route } from "../../../../lib/http/route.ts";
import { writeMethod } from "../../../../lib/http/write-endpoint.ts";
import { broadcastTestQr } from "../../../../lib/whatsapp/session-test-qr.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/test-qr", {
  POST: writeMethod({
    family: "sessions",
    role: "admin",
    failure: "broadcast test QR",
    parse: ({ body }) => body.text("sessionId"),
    answer: broadcastTestQr,
  }),
});
