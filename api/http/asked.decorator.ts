import { createParamDecorator, type ExecutionContext } from "@nestjs/common";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { problemsOf } from "@ipnuo/domain/queries";
import type { Caller } from "./caller.ts";
import { ContractError, invalid, unauthorized } from "./contract-error.ts";
import { readJsonBody } from "./json-body.ts";
import { bodyLimitOf } from "./request.ts";

/** A validated request of somebody who belongs to a tenant. */
export type Asked<Query = object, Body = object, Params = object> = {
  readonly caller: Caller;
  readonly tenantId: string;
  readonly requestId: string;
  readonly query: Query;
  readonly body: Body;
  /** Ids of the path; a malformed one is one that nothing has. */
  readonly params: Params;
};

export type AskedSchemas = { readonly query?: z.ZodType; readonly body?: z.ZodType; readonly params?: z.ZodType };

const NOTHING = z.object({});

/**
 * Reads and validates a request: body, then fields (query before body), then the tenant: the contract's order of checks (1.3).
 * A body is read on every method but GET, also where the endpoint has no field in it.
 * The schemas are closed over: as the decorator's own argument Nest would take one for a pipe, since it has a `transform`.
 */
export function Ask(schemas: AskedSchemas): ParameterDecorator {
  return createParamDecorator((_data: unknown, context: ExecutionContext) => ask(schemas, context.switchToHttp().getRequest<FastifyRequest>()))();
}

async function ask(schemas: AskedSchemas, request: FastifyRequest): Promise<Asked> {
  const { caller } = request;
  if (caller === null) throw unauthorized();
  const { query, body, params } = await parseRequest(schemas, request);
  return { caller, tenantId: tenantOf(caller), requestId: request.id, query, body, params };
}

/** The body is read, then query, body and path are validated. Throws the contract's 413, 415 and 400. */
export async function parseRequest({ query = NOTHING, body = NOTHING, params = NOTHING }: AskedSchemas, request: FastifyRequest) {
  const sent = request.method === "GET" || request.method === "HEAD" ? {} : await readJsonBody(request, bodyLimitOf(request));
  const parsed = [query.safeParse(request.query), body.safeParse(sent), params.safeParse(request.params)] as const;
  const problems = parsed.flatMap(({ error }) => (error === undefined ? [] : problemsOf(error)));
  if (problems.length > 0) throw invalid(problems);
  const [queryData, bodyData, paramsData] = parsed.map(({ data }) => data as object);
  return { query: queryData ?? {}, body: bodyData ?? {}, params: paramsData ?? {} };
}

/** The caller's tenant. Throws 400: asked after the parameters, as the legacy app does. */
export function tenantOf(caller: Caller): string {
  if (caller.tenantId === null) throw new ContractError(400, { error: "User not associated with tenant" });
  return caller.tenantId;
}
