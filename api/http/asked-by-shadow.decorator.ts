import { createParamDecorator, type ExecutionContext } from "@nestjs/common";
import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import { problemsOf } from "@ipnuo/domain/queries";
import { invalid, notFound, unsupportedType } from "./contract-error.ts";
import { mediaTypeOf, parseJsonObject } from "./json-body.ts";

/** A captured emission or a send's body may be nested as deeply as any body, and is wrapped here. */
const MAX_DEPTH = 64;

/** A validated body of the shadowing API; the role header was seen, and the body read, before the route was. */
export function AskShadow(schema: z.ZodType): ParameterDecorator {
  return createParamDecorator((_data: unknown, context: ExecutionContext) => ask(schema, context.switchToHttp().getRequest<FastifyRequest>()))();
}

function ask(schema: z.ZodType, request: FastifyRequest): unknown {
  const { shadowBody } = request;
  if (shadowBody === null) throw notFound();
  if (shadowBody.length > 0 && mediaTypeOf(request) !== "application/json") throw unsupportedType();
  const parsed = schema.safeParse(shadowBody.length === 0 ? {} : parseJsonObject(shadowBody, MAX_DEPTH));
  if (!parsed.success) throw invalid(problemsOf(parsed.error));
  return parsed.data;
}
