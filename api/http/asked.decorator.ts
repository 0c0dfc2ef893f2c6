import { createParamDecorator, type ExecutionContext } from "@nestjs/common";
import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import { problemsOf } from "@ipnuo/domain/queries";
import type { Caller } from "./caller.ts";
import { ContractError, invalid, unauthorized } from "./contract-error.ts";

/** A validated request of somebody who belongs to a tenant. */
export type Asked<Query> = { readonly caller: Caller; readonly tenantId: string; readonly query: Query };

/**
 * Validates the query, then asks for the tenant: the contract's order of checks (1.3).
 * The schema is closed over: as the decorator's own argument Nest would take it for a pipe, since it has a `transform`.
 */
export function Ask(schema: z.ZodType): ParameterDecorator {
  return createParamDecorator((_data: unknown, context: ExecutionContext) => ask(schema, context.switchToHttp().getRequest<FastifyRequest>()))();
}

function ask(schema: z.ZodType, { caller, query }: FastifyRequest): Asked<unknown> {
  if (caller === null) throw unauthorized();
  const parsed = schema.safeParse(query);
  if (!parsed.success) throw invalid(problemsOf(parsed.error));
  if (caller.tenantId === null) throw new ContractError(400, { error: "User not associated with tenant" });
  return { caller, tenantId: caller.tenantId, query: parsed.data };
}
