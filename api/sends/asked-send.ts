import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import { problemsOf } from "@ipnuo/domain/queries";
import { tenantOf } from "../http/asked.decorator.ts";
import type { Caller } from "../http/caller.ts";
import { invalid, unauthorized } from "../http/contract-error.ts";
import { idempotencyKeyOf } from "./idempotency-key.ts";
import type { SendScope } from "./send-identity.ts";

export type AskedSend<Fields> = { readonly scope: SendScope; readonly requestId: string; readonly fields: Fields };

/** Who sends, and under which key: the header as it came. */
export type Sender = { readonly caller: Caller; readonly requestId: string; readonly key: string | undefined };

/** Who sends; the guard has seen the token. */
export function senderOf({ caller, id, headers }: FastifyRequest): Sender {
  if (caller === null) throw unauthorized();
  return { caller, requestId: id, key: headers["idempotency-key"] as string | undefined };
}

/**
 * Validates a send whose body was read: the key before any field, then the fields, then the tenant (contract 1.3, 1.7).
 * `problems` are those of parts the schema does not know, first of all.
 */
export function readSend<Schema extends z.ZodType>(
  { caller, requestId, key: header }: Sender,
  endpoint: SendScope["endpoint"],
  { schema, body, problems = [] }: { readonly schema: Schema; readonly body: unknown; readonly problems?: readonly string[] },
): AskedSend<z.infer<Schema>> {
  const key = idempotencyKeyOf(header);
  const parsed = schema.safeParse(body);
  const all = [...problems, ...(parsed.success ? [] : problemsOf(parsed.error))];
  if (all.length > 0 || !parsed.success) throw invalid(all);
  return { scope: { tenantId: tenantOf(caller), userId: caller.userId, endpoint, key }, requestId, fields: parsed.data };
}
