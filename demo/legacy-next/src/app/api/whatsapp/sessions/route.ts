import { readMethod } from "../../../../lib/http/read-endpoint.ts";
import { route } from "../../../../lib/http/route.ts";
import { writeMethod } from "../../../../lib/http/write-endpoint.ts";
import { parseCreate } from "../../../../lib/whatsapp/session-body.ts";
import { createSession } from "../../../../lib/whatsapp/session-create.ts";
import { deleteSession } from "../../../../lib/whatsapp/session-lifecycle.ts";
import { listSessionsWithSummary } from "../../../../lib/whatsapp/sessions.ts";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = route("/api/whatsapp/sessions", {
  GET: readMethod({
    family: "sessions",
    role: "user",
    failure: "get sessions",
    parse: () => undefined,
    answer: listSessionsWithSummary,
  }),
  POST: writeMethod({
    family: "sessions",
    role: "admin",
    failure: "create session",
    parse: ({ body }) => parseCreate(body),
    answer: createSession,
  }),
  DELETE: writeMethod({
    family: "sessions",
    role: "admin",
    failure: "delete session",
    parse: ({ query }) => query.required("sessionId"),
    answer: deleteSession,
  }),
});
