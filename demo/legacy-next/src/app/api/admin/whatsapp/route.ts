import { readEndpoint } from "../../../../lib/http/read-endpoint.ts";
import { listSessions } from "../../../../lib/whatsapp/sessions.ts";

/** The sessions of `GET sessions` as a bare array, as the admin UI has always had them. */
export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = readEndpoint({
  path: "/api/admin/whatsapp",
  family: "sessions",
  role: "admin",
  failure: "fetch WhatsApp sessions",
  parse: () => undefined,
  answer: listSessions,
});
