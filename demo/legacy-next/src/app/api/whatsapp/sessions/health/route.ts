import { readMethod } from "../../../../../lib/http/read-endpoint.ts";
import { route } from "../../../../../lib/http/route.ts";
import { readHealth } from "../../../../../lib/whatsapp/session-health.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/sessions/health", {
  GET: readMethod({
    family: "sessions",
    role: "user",
    failure: "get session health",
    parse: (query) => query.optional("sessionId"),
    answer: readHealth,
  }),
});
