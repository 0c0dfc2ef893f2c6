import type { Caller } from "../auth/caller.ts";
import { env } from "../env.ts";
import { authorize, type RequiredRole } from "./authorize.ts";
import { Body } from "./body.ts";
import { assertCookieOrigin } from "./cookie-origin.ts";
import type { Family } from "./families.ts";
import { memberOf, type Member } from "./member.ts";
import type { PathParameters } from "./path-template.ts";
import { Problems } from "./problems.ts";
import { Query } from "./query.ts";
import { readJsonBody } from "./read-body.ts";
import { Reply } from "./reply.ts";
import type { Asked, Produced } from "./respond.ts";
import type { MethodEndpoint } from "./route.ts";

/** What fields are read from. Read those of the query first: problems are told in the order of reading. */
export type Input = {
  readonly query: Query;
  readonly body: Body;
  readonly parameters: PathParameters;
  readonly headers: Pick<Headers, "get">;
};

export type WriteMethod<Parsed> = {
  readonly family?: Family;
  readonly role: RequiredRole;
  /** Completes `Failed to …` of a 500. */
  readonly failure: string;
  /** Counts the call, throws 429. */
  readonly throttle?: (caller: Caller) => void;
  readonly maxBytes?: number;
  readonly parse: (input: Input) => Parsed;
  /** The JSON to answer, or a `Reply` with headers of its own. */
  readonly answer: (member: Member, parsed: Parsed, asked: Asked) => Promise<unknown>;
};

/** A POST, PATCH or DELETE with a JSON body or none: checks in the contract's order (1.3), then effects and answer. */
export function writeMethod<Parsed>(endpoint: WriteMethod<Parsed>): MethodEndpoint {
  return {
    ...(endpoint.family === undefined ? {} : { family: endpoint.family }),
    failure: endpoint.failure,
    produce: async (request, { parameters, requestId }) => {
      const caller = await authorizeWrite(request.headers, endpoint);
      const fields = await readJsonBody(request, endpoint.maxBytes);
      const problems = new Problems();
      const query = new Query(new URL(request.url).searchParams, problems);
      const parsed = endpoint.parse({ query, body: new Body(fields, problems), parameters, headers: request.headers });
      problems.assertNone();
      return toProduced(await endpoint.answer(memberOf(caller), parsed, { requestId }));
    },
  };
}

type Authorization = { readonly role: RequiredRole; readonly throttle?: (caller: Caller) => void };

/** All checks before the body is looked at: throws 401, 403 and 429. */
export async function authorizeWrite(headers: Pick<Headers, "get">, { role, throttle }: Authorization): Promise<Caller> {
  const caller = await authorize(headers, role);
  assertCookieOrigin(headers, env().allowedOrigins);
  throttle?.(caller);
  return caller;
}

function toProduced(answer: unknown): Produced {
  return answer instanceof Reply ? { status: 200, json: answer.json, headers: answer.headers } : { status: 200, json: answer };
}
