import type { Family } from "./families.ts";
import { authorize, type RequiredRole } from "./authorize.ts";
import { memberOf, type Member } from "./member.ts";
import { Query } from "./query.ts";
import type { PathParameters } from "./path-template.ts";
import { route, type MethodEndpoint, type RouteHandlers } from "./route.ts";

export type { RouteHandlers } from "./route.ts";

export type ReadMethod<Input> = {
  readonly family?: Family;
  readonly role: RequiredRole;
  /** Completes `Failed to …` of a 500. */
  readonly failure: string;
  readonly parse: (query: Query, parameters: PathParameters) => Input;
  readonly answer: (tenantId: string, input: Input, member: Member) => Promise<unknown>;
};

/** A GET: checks in the contract's order, then the answer. */
export function readMethod<Input>(endpoint: ReadMethod<Input>): MethodEndpoint {
  return {
    ...(endpoint.family === undefined ? {} : { family: endpoint.family }),
    failure: endpoint.failure,
    produce: async (request, { parameters }) => {
      const caller = await authorize(request.headers, endpoint.role);
      const query = new Query(new URL(request.url).searchParams);
      const input = endpoint.parse(query, parameters);
      query.assertValid();
      const member = memberOf(caller);
      return { status: 200, json: await endpoint.answer(member.tenantId, input, member) };
    },
  };
}

/** All method exports of a path that has a GET and nothing else. */
export function readEndpoint<Input>({ path, ...endpoint }: ReadMethod<Input> & { readonly path: string }): RouteHandlers {
  return route(path, { GET: readMethod(endpoint) });
}
