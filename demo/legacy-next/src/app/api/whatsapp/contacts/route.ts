import { boundedInteger } from "../../../../lib/http/query.ts";
import { readEndpoint } from "../../../../lib/http/read-endpoint.ts";
import { listContacts } from "../../../../lib/whatsapp/contacts.ts";

const LIMIT = { fallback: 5_000, min: 1, max: 5_000 };
const OFFSET = { fallback: 0, min: 0, max: 1_000_000 };

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = readEndpoint({
  path: "/api/whatsapp/contacts",
  family: "contacts",
  role: "user",
  failure: "get contacts",
  parse: (query) => ({
    sessionId: query.optional("sessionId"),
    limit: boundedInteger(query.optional("limit"), LIMIT),
    offset: boundedInteger(query.optional("offset"), OFFSET),
  }),
  answer: listContacts,
});
