import { notFound } from "../http/api-error.ts";
import type { Transaction } from "../transaction.ts";
import { isStorable } from "./wire.ts";

/** Rows are locked before they are read for a decision: of two requests at once the second sees what the first did. */

/** Throws 404 unless the tenant has this contact. */
export async function lockContact(transaction: Transaction, tenantId: string, contactId: string): Promise<void> {
  const rows = await transaction.$queryRaw<unknown[]>`
    select 1 from "whatsapp_contacts" where "id" = ${contactId} and "tenantId" = ${tenantId} for update`;
  if (rows.length === 0) throw notFound("Contact not found");
}

/** Throws 404 unless the tenant has a session with exactly this key. */
export async function lockSession(transaction: Transaction, tenantId: string, sessionId: string): Promise<void> {
  const rows = isStorable(sessionId)
    ? await transaction.$queryRaw<unknown[]>`
        select 1 from "whatsapp_sessions" where "sessionId" = ${sessionId} and "tenantId" = ${tenantId} for update`
    : [];
  if (rows.length === 0) throw notFound("Session not found or access denied");
}
