import { createParamDecorator, type ExecutionContext } from "@nestjs/common";
import type { FastifyRequest } from "fastify";
import { parseRequest, type AskedSchemas } from "./asked.decorator.ts";
import { unauthorized } from "./contract-error.ts";

/** A validated request of one of our own programs. */
export type AskedByService<Body = object, Params = object> = {
  readonly serviceId: string;
  readonly requestId: string;
  readonly body: Body;
  readonly params: Params;
};

/** As `Ask`, for the ingest API: there is no tenant but the session's. */
export function AskService(schemas: Omit<AskedSchemas, "query">): ParameterDecorator {
  return createParamDecorator((_data: unknown, context: ExecutionContext) => ask(schemas, context.switchToHttp().getRequest<FastifyRequest>()))();
}

async function ask(schemas: AskedSchemas, request: FastifyRequest): Promise<AskedByService> {
  const { serviceId } = request;
  if (serviceId === null) throw unauthorized();
  const { body, params } = await parseRequest(schemas, request);
  return { serviceId, requestId: request.id, body, params };
}
