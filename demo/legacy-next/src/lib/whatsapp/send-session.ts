import { conflict, notFound } from "../http/api-error.ts";
import type { Transaction } from "../transaction.ts";
import { isStorable } from "./wire.ts";

export type SendSession = { readonly sessionId: string; readonly sendSecret: string; readonly canSend: boolean };

/**
 * The session to send from: exactly the named one; a tenant's own id stands for its session that connected last. Its row cannot
 * be deleted until the transaction ends. Throws 404, and 409 when the tenant has none that is connected.
 */
export async function findSendSession(transaction: Transaction, tenantId: string, sessionId: string): Promise<SendSession> {
  const [named] = isStorable(sessionId)
    ? await transaction.$queryRaw<SendSession[]>`
        select "sessionId", "sendSecret",
               "status" = 'CONNECTED' or ("status" = 'CONNECTING' and jsonb_typeof("creds") = 'object' and "creds" <> '{}'::jsonb) as "canSend"
        from "whatsapp_sessions" where "sessionId" = ${sessionId} and "tenantId" = ${tenantId} for key share`
    : [];
  if (named !== undefined) return named;
  if (sessionId !== tenantId) throw notFound("Session not found or access denied");
  const [newest] = await transaction.$queryRaw<SendSession[]>`
    select "sessionId", "sendSecret", true as "canSend"
    from "whatsapp_sessions" where "tenantId" = ${tenantId} and "status" = 'CONNECTED'
    order by "lastConnected" desc nulls last, "id" asc limit 1 for key share`;
  if (newest === undefined) throw conflict("No active WhatsApp session found for this account");
  return newest;
}
