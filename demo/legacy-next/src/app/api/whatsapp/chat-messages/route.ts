import { readMethod } from "../../../../lib/http/read-endpoint.ts";
import { route } from "../../../../lib/http/route.ts";
import { sendText } from "../../../../lib/whatsapp/send-text.ts";
import { parseThreadQuery } from "../../../../lib/whatsapp/thread-query.ts";
import { readThread } from "../../../../lib/whatsapp/thread.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/chat-messages", {
  GET: readMethod({ family: "conversation", role: "user", failure: "get messages", parse: parseThreadQuery, answer: readThread }),
  POST: sendText,
});
