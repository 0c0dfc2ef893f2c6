import { notFound } from "./api-error.ts";
import type { RouteHandlers } from "./route.ts";
import { respond } from "./respond.ts";

const METHODS = "GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE";

const refuse = (request: Request): Promise<Response> =>
  respond(request, { methods: METHODS, failure: "answer" }, () => Promise.reject(notFound("Not found")));

/** All method exports of a catch-all: whatever has no route of its own under an API base. */
export const unknownPath: RouteHandlers = {
  GET: refuse,
  HEAD: refuse,
  OPTIONS: refuse,
  POST: refuse,
  PUT: refuse,
  PATCH: refuse,
  DELETE: refuse,
};
