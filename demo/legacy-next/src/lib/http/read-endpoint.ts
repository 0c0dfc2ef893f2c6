import { callerOf, type Caller } from "../auth/caller.ts";
import { forbidden, noTenant, notFound, unauthorized } from "./api-error.ts";
import { withDeadline } from "./deadline.ts";
import { Query } from "./query.ts";
import { respond, type Produced } from "./respond.ts";
import { UNSUPPORTED_METHOD_HEADER } from "./next-gaps.ts";

const METHODS = "GET, HEAD, OPTIONS";
const HANDLER_DEADLINE_MS = 10_000;

type Handler = (request: Request) => Promise<Response>;
export type RouteHandlers = Readonly<Record<"GET" | "HEAD" | "OPTIONS" | "POST" | "PUT" | "PATCH" | "DELETE", Handler>>;

export type ReadEndpoint<Input> = {
  readonly path: string;
  /** `user`: any role. */
  readonly role: "user" | "admin";
  /** Completes `Failed to …` of a 500. */
  readonly failure: string;
  readonly parse: (query: Query) => Input;
  readonly answer: (tenantId: string, input: Input) => Promise<unknown>;
};

/** All method exports of a route that has a GET: checks in the contract's order, then the answer. */
export function readEndpoint<Input>(endpoint: ReadEndpoint<Input>): RouteHandlers {
  const handle =
    (produce: (request: Request) => Promise<Produced>): Handler =>
    (request) =>
      respond(request, { methods: METHODS, failure: endpoint.failure }, async () => {
        if (new URL(request.url).pathname !== endpoint.path) throw notFound("Not found");
        if (request.headers.has(UNSUPPORTED_METHOD_HEADER)) return notAllowed;
        return withDeadline(produce(request), HANDLER_DEADLINE_MS);
      });

  const get = handle(async (request) => {
    const caller = await callerOf(request.headers);
    if (caller === undefined) throw unauthorized();
    if (!isAllowed(caller, endpoint.role)) throw forbidden();
    const query = new Query(new URL(request.url).searchParams);
    const input = endpoint.parse(query);
    query.assertValid();
    if (caller.tenantId === undefined) throw noTenant();
    return { status: 200, json: await endpoint.answer(caller.tenantId, input) };
  });
  const options = handle(() => Promise.resolve({ status: 204, headers: { Allow: METHODS } }));
  const refuse = handle(() => Promise.resolve(notAllowed));
  // Next drops the body of a HEAD reply itself.
  return { GET: get, HEAD: get, OPTIONS: options, POST: refuse, PUT: refuse, PATCH: refuse, DELETE: refuse };
}

const notAllowed: Produced = { status: 405, headers: { Allow: METHODS } };

function isAllowed(caller: Caller, role: "user" | "admin"): boolean {
  return role === "user" || caller.role === "admin" || caller.role === "super_admin";
}
