import { readEndpoint } from "../../../../lib/http/read-endpoint.ts";
import { readConfig } from "../../../../lib/whatsapp/session-config.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = readEndpoint({
  path: "/api/whatsapp/config",
  role: "admin",
  failure: "get config",
  parse: (query) => query.required("sessionId"),
  answer: readConfig,
});
