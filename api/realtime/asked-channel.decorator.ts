import { createParamDecorator, type ExecutionContext } from "@nestjs/common";
import type { FastifyRequest } from "fastify";
import { authBody, type AuthBody } from "@ipnuo/domain/realtime";
import { tenantOf, type Asked } from "../http/asked.decorator.ts";
import { ContractError, unauthorized } from "../http/contract-error.ts";
import { mediaTypeOf, readBody } from "../http/json-body.ts";
import { parseQueryString } from "../http/query-string.ts";

const JSON_TYPE = "application/json";
/** What Pusher clients send unless they are told otherwise. */
const FORM_TYPE = "application/x-www-form-urlencoded";
const MAX_BODY_BYTES = 16_384;

/** As `Ask`, with the one refusal of this endpoint for every bad body (contract 3.9). */
export function AskChannel(): ParameterDecorator {
  return createParamDecorator((_data: unknown, context: ExecutionContext) => ask(context.switchToHttp().getRequest<FastifyRequest>()))();
}

async function ask(request: FastifyRequest): Promise<Asked<object, AuthBody>> {
  const { caller } = request;
  if (caller === null) throw unauthorized();
  const bytes = await readBody(request, { type: [JSON_TYPE, FORM_TYPE], maxBytes: MAX_BODY_BYTES });
  const parsed = authBody.safeParse(parseFields(bytes ?? new Uint8Array(), mediaTypeOf(request)));
  if (!parsed.success) throw new ContractError(400, { error: "Invalid auth payload" });
  return { caller, tenantId: tenantOf(caller), requestId: request.id, query: {}, body: parsed.data, params: {} };
}

/** Undefined for what cannot be read. */
function parseFields(bytes: Uint8Array, type: string): unknown {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return type === FORM_TYPE ? parseQueryString(text) : JSON.parse(text);
  } catch {
    return undefined;
  }
}
