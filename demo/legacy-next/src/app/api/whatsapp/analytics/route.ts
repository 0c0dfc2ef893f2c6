import { readEndpoint } from "../../../../lib/http/read-endpoint.ts";
import { readAnalytics } from "../../../../lib/whatsapp/analytics.ts";

const DEFAULT_TIME_RANGE = "7d";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = readEndpoint({
  path: "/api/whatsapp/analytics",
  family: "analytics",
  role: "user",
  failure: "get analytics",
  parse: (query) => ({ sessionId: query.required("sessionId"), timeRange: query.optional("timeRange") ?? DEFAULT_TIME_RANGE }),
  answer: readAnalytics,
});
