import { readEndpoint } from "../../../../lib/http/read-endpoint.ts";
import { parseThreadQuery } from "../../../../lib/whatsapp/thread-query.ts";
import { readThread } from "../../../../lib/whatsapp/thread.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = readEndpoint({
  path: "/api/whatsapp/chat-messages",
  family: "conversation",
  role: "user",
  failure: "get messages",
  parse: parseThreadQuery,
  answer: readThread,
});
