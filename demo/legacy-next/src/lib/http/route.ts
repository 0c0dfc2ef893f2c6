import { withDeadline } from "./deadline.ts";
import { notFound } from "./api-error.ts";
import type { Family } from "./families.ts";
import { UNSUPPORTED_METHOD_HEADER } from "./next-gaps.ts";
import { matchPath, type PathParameters } from "./path-template.ts";
import { respond, type Asked, type Produced } from "./respond.ts";
import { assertNotRetired } from "./retired.ts";

const METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"] as const;
type Method = (typeof METHODS)[number];
const HANDLER_DEADLINE_MS = 10_000;

type Handler = (request: Request) => Promise<Response>;
export type RouteHandlers = Readonly<Record<Method, Handler>>;

/** What a handler gets beside the request. */
export type RouteCall = Asked & { readonly parameters: PathParameters };

/** One method of one path. `readMethod` and `writeMethod` make the usual ones; streams and the like are written by hand. */
export type MethodEndpoint = {
  /** Answers 410 once it is named in RETIRED_FAMILIES. */
  readonly family?: Family;
  /** Completes `Failed to …` of a 500. */
  readonly failure: string;
  /** Streams and uploads take as long as they take. Default: there is one. */
  readonly hasDeadline?: false;
  readonly produce: (request: Request, call: RouteCall) => Promise<Produced>;
};

export type MethodEndpoints = Partial<Readonly<Record<"GET" | "POST" | "PATCH" | "DELETE", MethodEndpoint>>>;

/** All method exports of one route file: the methods the path has, 405 for the others, HEAD as GET, OPTIONS. */
export function route(template: string, endpoints: MethodEndpoints): RouteHandlers {
  const known: Partial<Record<Method, MethodEndpoint>> = endpoints.GET === undefined ? endpoints : { ...endpoints, HEAD: endpoints.GET };
  const allow = METHODS.filter((method) => method === "OPTIONS" || known[method] !== undefined).join(", ");
  const notAllowed: Produced = { status: 405, headers: { Allow: allow } };
  const handle =
    (endpoint: MethodEndpoint): Handler =>
    (request) =>
      respond(request, { methods: allow, failure: endpoint.failure }, async (asked) => {
        const path = new URL(request.url).pathname;
        const parameters = matchPath(template, path);
        if (parameters === undefined) throw notFound("Not found");
        if (request.headers.has(UNSUPPORTED_METHOD_HEADER)) return notAllowed;
        assertNotRetired(endpoint.family, path);
        const work = endpoint.produce(request, { ...asked, parameters });
        return endpoint.hasDeadline === false ? work : withDeadline(work, HANDLER_DEADLINE_MS);
      });
  const answer = (produced: Produced): Handler => handle({ failure: "answer", produce: () => Promise.resolve(produced) });
  const refuse = answer(notAllowed);
  const handler = (method: Method): Handler => {
    const endpoint = known[method];
    return endpoint === undefined ? refuse : handle(endpoint);
  };
  return {
    GET: handler("GET"),
    // Next drops the body of a HEAD reply itself.
    HEAD: handler("HEAD"),
    OPTIONS: answer({ status: 204, headers: { Allow: allow } }),
    POST: handler("POST"),
    PUT: refuse,
    PATCH: handler("PATCH"),
    DELETE: handler("DELETE"),
  };
}
