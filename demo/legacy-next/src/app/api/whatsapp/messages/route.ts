import { readEndpoint } from "../../../../lib/http/read-endpoint.ts";
import { parseMessagesQuery } from "../../../../lib/whatsapp/thread-query.ts";
import { readThread } from "../../../../lib/whatsapp/thread.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = readEndpoint({
  path: "/api/whatsapp/messages",
  family: "conversation",
  role: "user",
  failure: "get messages",
  parse: parseMessagesQuery,
  answer: readThread,
});
